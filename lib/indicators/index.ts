export type * from './indicator';
export type { ExtractOptions } from './options';
export { extractIndicators, type ExtractInput } from './extract';
export { refang } from './refang';
export { unwrapUrl, type Unwrapped } from './rewriters';
