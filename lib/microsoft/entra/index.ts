export { CLOUDS, cloudOf } from './clouds';
export type { Cloud, CloudChoice, CloudName } from './clouds';
export { readCertificate } from './certificate';
export type { CertificateCredential, SigningCertificate } from './certificate';
export { EntraTokens, forgetTokens, rolesOf } from './tokens';
export type { AppCredential, EntraTokensOptions, TokenSource } from './tokens';
