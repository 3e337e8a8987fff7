export { createCertificate } from './certificates';
export type { LabCertificate } from './certificates';
export { EmbeddedImap } from './embedded';
export type { EmbeddedImapOptions, LabFault, LabMessage } from './embedded';
export { mail } from './messages';
