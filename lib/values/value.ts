import type { DomainName } from './domainName';
import type { FileValue } from './hash';
import type { IpAddress } from './ipAddress';
import type { MailAddress } from './mailAddress';
import type { Url } from './url';

/** A value of a kind that has nothing to it but its canonical form. */
export interface PlainValue {
	type:
		| 'attack-pattern'
		| 'autonomous-system'
		| 'cryptocurrency-wallet'
		| 'cve'
		| 'mac-addr'
		| 'phone-number'
		| 'user-account'
		| 'windows-registry-key';
	value: string;
}

/** A value as it was read: its type, its canonical form, and what its kind knows of it. */
export type Value = DomainName | FileValue | IpAddress | MailAddress | PlainValue | Url;
