export * from './contract.js'
export * from './datadrop.js'
