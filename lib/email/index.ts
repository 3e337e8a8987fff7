export type * from './email';
export { EmailError, type EmailErrorCode } from './errors';
export { attachmentsOmitted, fileList, INCOMPLETE_WARNING, isIncomplete, lacksBytes, partlyFetched } from './gaps';
export { emailFromItem, hasMessageFile, type BinaryReader, type ItemOptions } from './item';
export { emailFromJson, emailToJson, isEmailJson } from './json';
export { parseEmail } from './parse';
export { failureOf, failureWarning, type FetchFailure } from './unfetched';
