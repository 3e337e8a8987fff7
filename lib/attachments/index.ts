// What hides in attachments: opened in a worker, within bounds. See docs/attachments.md.
export { closeAttachments, isPartlyOpened, NOT_OPENED, openAttachments } from './open';
export type { OpenOptions } from './options';
export { kindOf, type FileNature } from './kindOf';
