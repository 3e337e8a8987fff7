export { createCertificate } from './certificates';
export type { LabCertificate } from './certificates';
export { Dovecot, dovecotBinary } from './dovecot';
export type { DovecotOptions } from './dovecot';
export { EmbeddedImap } from './embedded';
export type { EmbeddedImapOptions, LabFault, LabMessage } from './embedded';
export { mail } from './messages';
export { TcpProxy } from './tcpProxy';
