# Copies the package's sources FROM its folder TO where it is built, with the server's DESCRIPTION in
# the place that it has beside them. What is no more in the source is no more here either.
file(GLOB old ${TO}/tests/*.ts)
if(old)
    file(REMOVE ${old})
endif()
foreach(folder src examples bench dist build tests/e2e tests/support tests/discord)
    file(REMOVE_RECURSE ${TO}/${folder})
endforeach()
file(COPY ${FROM}/src ${FROM}/tests ${FROM}/examples ${FROM}/bench ${FROM}/tsconfig.json
    ${FROM}/README.md DESTINATION ${TO} PATTERN node_modules EXCLUDE PATTERN description.ts EXCLUDE)
file(COPY ${DESCRIPTION} DESTINATION ${TO}/../../http)
