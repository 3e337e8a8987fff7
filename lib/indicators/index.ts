export type * from './indicator';
export type { ExtractAsyncOptions, ExtractOptions } from './options';
export { extractIndicators, extractIndicatorsAsync, indicatorSteps } from './extract';
export { readHtml, type ExtractInput, type HtmlDocument } from './places';
export { defang, defangKindOf, DEFANG_FORMS, refang, type DefangForm, type DefangKind } from './text';
export { unwrapUrl, type Unwrapped } from './judgement';
export { isValidIndicator } from './validate';
