// What hides in attachments: opened in a worker, within bounds. See docs/attachments.md.
export { closeAttachments, openAttachments } from './open';
export type { OpenOptions } from './options';
export { kindOf, type FileNature } from './kindOf';
