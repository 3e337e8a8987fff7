export type * from './ast';
export * from './errors';
export { compilePattern, matchPattern, type MatchResult, type PatternMatcher } from './match';
export type { MatchInput } from './observations';
export { parsePattern } from './parse';
export { printComparison, printLiteral, printPath, printPattern } from './print';
