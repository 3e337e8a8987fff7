// Email items of n8n: those of this pack and those of other mail nodes.
export { declaredMessage, MESSAGE_KEY, type BinaryReader } from './files';
export { inReadingOrder, withoutMessage } from './fields';
export { emailFromItem, readItem, type ItemMessage, type ItemOptions } from './item';
export { emailFromJson, emailToJson, isEmailJson, withOpenedOf } from './json';
export { emailToSimpleJson } from './simple';
export { failureOf, failureWarning, type FetchFailure } from './unfetched';
