export type * from './email';
export { EmailError, type EmailErrorCode } from './errors';
export { parseEmail } from './parse';
