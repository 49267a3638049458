// Whether an exchange, as tests/e2e/support/exchanges.hpp keeps it, is one that the description has:
// path and method, status, fields, body, and for a request that was understood its body.
import { createParser } from 'eventsource-parser'
import { pointer } from './description.mjs'

/// The fields that any answer may have.
const usual = ['cache-control', 'connection', 'content-length', 'content-type', 'date', 'keep-alive']

/// How a request is refused before there is a route to it.
const refusals = {
  400: '/components/responses/MalformedRequest',
  408: '/components/responses/RequestTimeout',
  413: '/components/responses/BodyTooLarge',
  431: '/components/responses/HeaderTooLarge',
}

export class AnswerJudge {
  #description
  #coverage

  constructor(description, coverage) {
    this.#description = description
    this.#coverage = coverage
  }

  /// What is not as described, a sentence each.
  faults(exchange) {
    const found = exchange.method ? this.#description.find(exchange.method, exchange.target) : {}
    if (found.operation) return this.#faultsOfKnown(exchange, found)
    if (exchange.status in refusals) return this.#faultsOfResponse(exchange, refusals[exchange.status])
    return found.methods ? this.#faultsOfRefusal(exchange, 405, 'method_not_allowed', allow(found.methods))
                         : this.#faultsOfRefusal(exchange, 404, 'route_not_found')
  }

  #faultsOfKnown(exchange, { operation, place }) {
    if (!(exchange.status in operation.responses)) return [`the status ${exchange.status} is not described`]
    return [
      ...this.#faultsOfResponse(exchange, place + pointer('responses', exchange.status)),
      ...this.#faultsOfRequest(exchange, operation, place),
      ...this.#faultsOfParameters(exchange, operation),
    ]
  }

  /// What is no operation is told of all of them together.
  #faultsOfRefusal(exchange, status, code, allowed) {
    const body = json(exchange.body)
    const faults = exchange.status === status ? [] : [`${exchange.status} where there is no operation`]
    if (exchange.headers.allow !== allowed) faults.push(`Allow is ${exchange.headers.allow}`)
    if (exchange.method === 'HEAD') return faults
    if (body?.code !== code) faults.push(`the code is ${body?.code}`)
    return faults.concat(this.#faultsOfValue('/components/schemas/Problem', body))
  }

  #faultsOfResponse(exchange, place) {
    const { value: response, place: here } = this.#description.at(place)
    const faults = this.#faultsOfHeaders(exchange.headers, response.headers ?? {}, here)
    const type = exchange.headers['content-type']?.split(';')[0]
    if (!response.content) return type || exchange.body ? [...faults, 'there is a body'] : faults
    if (!(type in response.content)) return [...faults, `the type ${type} is not described`]
    if (exchange.method === 'HEAD') return exchange.body ? [...faults, 'HEAD has a body'] : faults
    return faults.concat(this.#faultsOfBody(exchange.body, type, here + pointer('content', type, 'schema')))
  }

  #faultsOfHeaders(headers, described, place) {
    const known = Object.keys(described).map((name) => name.toLowerCase())
    const faults = Object.keys(headers)
      .filter((name) => !usual.includes(name) && !known.includes(name))
      .map((name) => `the field ${name} is not described`)
    if (!headers.date) faults.push('Date is missing')
    if (!known.includes('cache-control') && headers['cache-control'] !== 'no-store') faults.push('it may be stored')
    for (const name in described) {
      const { value: header, place: here } = this.#description.at(place + pointer('headers', name))
      const given = headers[name.toLowerCase()]
      const value = header.schema.type === 'integer' ? Number(given) : given
      if (given !== undefined) faults.push(...this.#faultsOfValue(here + '/schema', value))
      else if (header.required) faults.push(`the field ${name} is missing`)
    }
    return faults
  }

  #faultsOfBody(body, type, place) {
    const value = type.endsWith('json') ? json(body) : text(body)
    const faults = this.#faultsOfValue(place, value)
    if (type === 'text/event-stream') faults.push(...this.#faultsOfEvents(body))
    if (type === 'application/x-flatbuffers' && body.slice(4, 8) !== 'DDO2') faults.push('no OutcomeResponse')
    return faults
  }

  #faultsOfEvents(body) {
    const faults = []
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        const what = id === undefined ? { event, data: json(data) } : { id, event, data: json(data) }
        faults.push(...this.#faultsOfValue('/components/schemas/FeedEvent', what))
      },
      onError: (error) => faults.push(error.message),
    })
    // What the reader had not yet whole when it went is nobody's.
    parser.feed(text(body.slice(0, body.lastIndexOf('\n\n') + 2)))
    return faults
  }

  #faultsOfValue(place, value) {
    const faults = this.#description.faults(place, value)
    if (faults) return [`${place}: ${faults}`]
    this.#coverage.note(place, value)
    return []
  }

  /// What was understood is described, and what was refused for a field's name is not.
  #faultsOfRequest(exchange, operation, place) {
    const sent = operation.requestBody && exchange.request ? json(exchange.request) : undefined
    if (sent === undefined) return []
    const schema = place + '/requestBody/content/application~1json/schema'
    const judged = Array.isArray(sent) ? this.#items(sent, json(exchange.body)) : [[schema, sent, json(exchange.body)]]
    return judged.flatMap(([at, what, answer]) => this.#faultsOfSent(at, what, answer))
  }

  #items(sent, answers) {
    if (!Array.isArray(answers)) return []
    return sent.map((item, i) => ['/components/schemas/Command', item, answers[i]])
  }

  #faultsOfSent(place, sent, answer) {
    const faults = this.#description.faults(place, sent)
    if (['missing_field', 'unknown_field'].includes(answer?.code)) return faults ? [] : ['it was refused for a field']
    const understood = answer && !answer.title && answer.outcome !== 'invalid'
    return understood && faults ? [`the request was understood: ${faults}`] : []
  }

  /// The server names the parameters that it knows.
  #faultsOfParameters(exchange, operation) {
    const told = json(exchange.body)?.code === 'unknown_parameter' && /known are (.*)$/.exec(json(exchange.body).detail)
    if (!told) return []
    const described = (operation.parameters ?? []).map((p) => this.#description.followed(p))
    const names = described.filter((p) => p.in === 'query').map((p) => p.name)
    return (names.join(', ') || 'none') === told[1] ? [] : [`${told[1]} are the parameters`]
  }
}

function allow(methods) {
  return methods.map((name) => (name === 'get' ? 'GET, HEAD' : name.toUpperCase())).join(', ')
}

/// Bodies are kept with a character a byte.
function text(bytes) {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function json(bytes) {
  try {
    return JSON.parse(text(bytes))
  } catch {
    return undefined
  }
}
