// Which of the properties and codes that a description has for answers have occurred in some. What
// never does may be invented. Enumerations of words are compared with the server's own elsewhere.
import { pointer } from './description.mjs'

/// Where an enumeration says which codes an answer can have.
const codes = /^\/(paths|components\/responses|components\/schemas\/Invalid)\/.*\/code$/

/// What has to occur: properties, and schemas that have a name.
const counted = /\/(properties|schemas)\/[^/]+$/

const anything = Symbol('every value that a schema allows')

export class Coverage {
  #description
  #seen = new Set()

  constructor(description) {
    this.#description = description
  }

  /// Notes what a value, which is right by the schema at a place, has of it.
  note(place, value) {
    walk(this.#description, place, value, this.#seen)
  }

  /// What is at these places and has not occurred.
  missing(places) {
    const wanted = new Set()
    for (const place of places) walk(this.#description, place, anything, wanted)
    return [...wanted].filter((place) => !this.#seen.has(place))
  }
}

function walk(description, place, value, into) {
  const { value: schema, place: here } = description.at(place)
  for (const at of [place, here]) if (counted.test(at)) into.add(at)
  const told = codes.test(here) ? (schema.enum ?? []) : []
  for (const one of told) if (value === anything || value === one) into.add(`${here}=${one}`)
  for (const [inner, part] of parts(description, here, schema, value)) walk(description, inner, part, into)
}

/// The schemas inside of one that say something of a value, each with what it says it of.
function* parts(description, here, schema, value) {
  const all = value === anything
  for (const i in schema.allOf) yield [here + pointer('allOf', i), value]
  for (const i in schema.oneOf) {
    const place = here + pointer('oneOf', i)
    if (all || !description.faults(place, value)) yield [place, value]
  }
  for (const name in schema.properties) {
    const place = here + pointer('properties', name)
    if (all) yield [place, anything]
    else if (Object.hasOwn(Object(value), name)) yield [place, value[name]]
  }
  if (schema.items) for (const item of all ? [anything] : value) yield [here + pointer('items'), item]
}
