// The description of the HTTP interface, as a judge of answers: which operation a request is one of,
// which answer to it is described, and whether a value is what a schema says.
import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export class Description {
  #ajv = new Ajv({ strict: false, allErrors: true })
  #judges = new Map()

  constructor(file) {
    this.document = JSON.parse(readFileSync(file, 'utf8'))
    addFormats(this.#ajv)
    this.#ajv.addSchema(this.document, 'description://it')
  }

  /// The operation of a request with its place in the document, or the methods of a known path. HEAD
  /// is answered as GET.
  find(method, target) {
    const segments = segmentsOf(target)
    const path = Object.keys(this.document.paths).find((p) => fits(p.split('/'), segments))
    if (!path) return {}
    const item = this.document.paths[path]
    const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase()
    const methods = ['get', 'post', 'put', 'delete', 'patch'].filter((name) => name in item)
    if (!methods.includes(verb)) return { methods }
    return { methods, operation: item[verb], place: pointer('paths', path, verb) }
  }

  /// What stands at a pointer, and its own pointer, references followed.
  at(place) {
    let value = this.document
    for (const step of place.split('/').slice(1)) value = value?.[unescaped(step)]
    return value?.$ref ? this.at(value.$ref.slice(1)) : { value, place }
  }

  /// What a reference refers to; anything else is itself.
  followed(value) {
    return value.$ref ? this.at(value.$ref.slice(1)).value : value
  }

  /// What is wrong with a value by the schema at a pointer; nothing when all is well.
  faults(place, value) {
    const schema = { $ref: `description://it#${encodeURI(place)}` }
    if (!this.#judges.has(place)) this.#judges.set(place, this.#ajv.compile(schema))
    const judge = this.#judges.get(place)
    return judge(value) ? undefined : this.#ajv.errorsText(judge.errors)
  }
}

/// A JSON pointer.
export function pointer(...steps) {
  return steps.map((step) => '/' + String(step).replaceAll('~', '~0').replaceAll('/', '~1')).join('')
}

function unescaped(step) {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

/// Of the path, decoded one by one as the server does.
function segmentsOf(target) {
  const segments = target.replace(/^https?:\/\/[^/?]*/, '').split('?')[0].split('/')
  try {
    return segments.map(decodeURIComponent)
  } catch {
    return segments
  }
}

function fits(described, given) {
  if (described.length !== given.length) return false
  return described.every((step, i) => step === given[i] || (step.startsWith('{') && given[i] !== ''))
}
