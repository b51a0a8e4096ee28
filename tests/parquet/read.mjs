// Prints the columns of Parquet files as JSON, a line {name: [values]} for each, as hyparquet reads them. Integers, and numbers
// that are not finite, are {number: text}, as JSON has no words for all of them.
//
// usage: node read.mjs NODE_MODULES < paths, one a line
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const load = name => import(pathToFileURL(createRequire(`${process.argv[2]}/x.js`).resolve(name)).href)
const { parquetReadObjects, parquetMetadata, parquetSchema } = await load('hyparquet')
const { compressors } = await load('hyparquet-compressors')
for (const path of readFileSync(0, 'utf8').split('\n')) {
  const bytes = readFileSync(path)
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const rows = await parquetReadObjects({ file, compressors, parsers: { timestampFromNanoseconds: ns => ns } })
  const columns = {}
  for (const { element } of parquetSchema(parquetMetadata(file)).children)
    columns[element.name] = rows.map(row => row[element.name] ?? null)
  process.stdout.write(JSON.stringify(columns, (key, value) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? { number: String(value) } : value) + '\n')
}
