export type * from './ast';
export * from './errors';
export { parsePattern } from './parse';
export { printComparison, printLiteral, printPath, printPattern } from './print';
