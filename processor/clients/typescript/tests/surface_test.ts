// Everything that is exported says what it is; what is called or set has an example as well.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import ts from 'typescript'

const entries = ['../../dist/index.d.ts', '../../dist/discord/index.d.ts']
  .map(path => fileURLToPath(new URL(path, import.meta.url)))
const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, skipLibCheck: true })
const checker = program.getTypeChecker()

const has = {
  words: (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length > 0,
  example: (symbol: ts.Symbol) => symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
}

/** What somebody calls or sets of an exported class or of options. */
function members(symbol: ts.Symbol): ts.Symbol[] {
  const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0
  const isError = symbol.name.endsWith('Error')
  if (isError || !isClass && !symbol.name.endsWith('Options')) return []
  return [...symbol.members?.values() ?? []].filter(member =>
    (member.flags & (ts.SymbolFlags.Method | (isClass ? 0 : ts.SymbolFlags.Property))) !== 0)
}

function* untold(entry: string): Generator<string> {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if (!has.words(symbol)) yield `${exported.name} has no words`
    const isUsed = (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Function)) !== 0
    if (isUsed && members(symbol).length === 0 && !has.example(symbol)) yield `${exported.name} has no example`
    for (const member of members(symbol)) {
      if (!has.words(member) || !has.example(member)) yield `${exported.name}.${member.name} has no words or no example`
    }
  }
}

for (const entry of entries) {
  test(`${entry.endsWith('discord/index.d.ts') ? 'datadrop-client/discord' : 'datadrop-client'}: all that is exported is told, with examples`, () => {
    if (!program.getSourceFile(entry) || !checker.getSymbolAtLocation(program.getSourceFile(entry)!)) return
    assert.deepEqual([...untold(entry)], [])
  })
}
