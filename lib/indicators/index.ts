export type * from './indicator';
export type { ExtractOptions } from './options';
export { extractIndicators, type ExtractInput } from './extract';
export { readHtml, type HtmlDocument } from './places/html';
export { defang, defangKindOf, DEFANG_FORMS, type DefangForm, type DefangKind } from './text/defang';
export { refang } from './text/refang';
export { unwrapUrl, type Unwrapped } from './judgement/rewriters';
export { isValidIndicator } from './validate';
