/** What stands in a text: spellings, spans, evidence. Knows no message. */
export { defang, DEFANG_FORMS, defangKindOf, type DefangForm, type DefangKind } from './defang';
export { readDefanged } from './defangedText';
export type { TextFinding } from './finding';
export { refang } from './refang';
export { scanInSteps, scanText, type ScanOptions } from './scan';
export { OPT_IN_KINDS, type OptInKinds } from './optIn';
