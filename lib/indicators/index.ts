export type * from './indicator';
export type { ExtractOptions } from './options';
export { extractIndicators, type ExtractInput } from './extract';
export { readHtml, type HtmlDocument } from './html';
export { defang, defangKindOf, DEFANG_FORMS, type DefangForm, type DefangKind } from './defang';
export { refang } from './refang';
export { unwrapUrl, type Unwrapped } from './rewriters';
export { isValidIndicator } from './validate';
