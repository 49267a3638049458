/** Until it is so, looked at again and again; an error names what was waited for. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, within = 60_000): Promise<void> {
  for (const end = performance.now() + within; !await isSo();) {
    if (performance.now() > end) throw new Error(`waited ${within} ms for: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
