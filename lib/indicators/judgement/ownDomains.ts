import type { EmailSource } from '../../email';
import { readDomainName } from '../../values';
import { organisationDomain } from './knownHosts';

/** The address of the mailbox that a message was read from, in lower case. Undefined where the login is no address. */
export function mailboxAddress(source: Pick<EmailSource, 'mailbox'> | undefined): string | undefined {
	const address = source?.mailbox?.trim().toLowerCase() ?? '';
	return address.indexOf('@') > 0 && address.indexOf('@') === address.lastIndexOf('@') ? address : undefined;
}

/**
 * Own domains of whoever names none: that of the mailbox's address, `example.org` of `soc@mail.example.org`. None for mailboxes at a
 * public mail provider, whose domain is everybody's.
 */
export function ownDomainsOf(source: Pick<EmailSource, 'mailbox'> | undefined): string[] {
	const address = mailboxAddress(source);
	const host = address === undefined ? undefined : readDomainName(address.slice(address.indexOf('@') + 1));
	const own = host === undefined ? undefined : organisationDomain(host);
	return own === undefined ? [] : [own];
}
