export type * from './email';
export { EmailError, type EmailErrorCode } from './errors';
export { emailFromItem, type BinaryReader, type ItemOptions } from './item';
export { emailFromJson, emailToJson, isEmailJson } from './json';
export { parseEmail } from './parse';
