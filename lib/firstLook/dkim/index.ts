// DKIM signatures of a message, checked with keys that are given or asked for.
export { checkDkim, type CheckedSignature, type DkimCheck, type DkimOptions } from './check';
export { textRecord } from './dns';
