import type { Email, EmailAddress } from '../email';
import { compact } from '../json';
import { FIRST_LOOK_LIMITS } from '../limits';
import { readDomainName } from '../values';
import { domainOf, isAligned } from './domains';

/** What tells a stranger from who he says he is. */
export type SenderDifferenceCode =
	/** Replies go to another organisation than From's. */
	| 'reply-to-elsewhere'
	/** Bounces do (Return-Path), as with most bulk mail. */
	| 'return-path-elsewhere'
	/** Sender names another organisation. */
	| 'sender-elsewhere'
	/** The display name is another address. */
	| 'name-is-other-address'
	/** The display name is, or holds, another domain. */
	| 'name-is-other-domain'
	/** The Message-ID was made by another organisation. */
	| 'message-id-elsewhere'
	/** From is one's own domain, and nothing proves it. */
	| 'several-from'
	| 'from-missing'
	| 'from-misplaced';

/** One difference between those that a message names as its sender. */
export interface SenderDifference {
	code: SenderDifferenceCode;
	/** What From says. */
	from?: string;
	/** What the other place says. */
	other?: string;
}

/** Who sent a message, in each place that says so. */
export interface Senders {
	/** Address in From, the first one. */
	from?: string;
	/** Name that is shown for it. */
	name?: string;
	sender?: string;
	replyTo: string[];
	/** Empty for the null path of automatic mail. */
	returnPath?: string;
	differences: SenderDifference[];
}

const ADDRESS = /[^\s<>"'(),;:@]{1,64}@[a-z0-9.-]{3,253}/i;
const HOST = /(?:^|[\s"'(<[])((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?=$|[\s"')>\],;:!?])/i;

type Head = Pick<Email, 'from' | 'sender' | 'replyTo' | 'returnPath' | 'messageId' | 'headers'>;

/** Compares From with all other places that name a sender. */
export function sendersOf(email: Head): Senders {
	const { from, sender, replyTo, returnPath, messageId } = email;
	const first = from[0];
	const domain = domainOf(first?.address);
	const differences: SenderDifference[] = [];
	const tell = (code: SenderDifferenceCode, other?: string): void => {
		if (differences.length < FIRST_LOOK_LIMITS.maxDifferences)
			differences.push({ code, ...compact({ from: first?.address, other }) });
	};
	const elsewhere = (code: SenderDifferenceCode, address: string | undefined): void => {
		const other = domainOf(address);
		if (domain !== undefined && other !== undefined && !isAligned(domain, other)) tell(code, address);
	};
	if (first === undefined) tell('from-missing');
	if (first?.misplaced === true) tell('from-misplaced');
	if (from.length > 1) tell('several-from', from[1]!.address);
	const isOther = replyTo.filter(({ address }) => !isAligned(domain, domainOf(address)));
	if (domain !== undefined && isOther.length > 0 && isOther.length === replyTo.length)
		elsewhere('reply-to-elsewhere', isOther[0]!.address);
	elsewhere('return-path-elsewhere', returnPath);
	elsewhere('sender-elsewhere', sender?.address);
	elsewhere('message-id-elsewhere', messageId?.replace(/[<>]/g, ''));
	if (first !== undefined) nameDifference(first, domain, tell);
	return {
		...compact({ from: first?.address, name: first?.name, sender: sender?.address, returnPath }),
		replyTo: replyTo.map(({ address }) => address),
		differences,
	};
}

/** A display name that is read in place of the address: of another mailbox, or of another organisation. */
function nameDifference(
	{ address, name = '' }: EmailAddress,
	domain: string | undefined,
	tell: (code: SenderDifferenceCode, other: string) => void,
): void {
	const shown = name.slice(0, 1_000);
	const inName = ADDRESS.exec(shown)?.[0];
	if (inName !== undefined && domainOf(inName) !== undefined) {
		if (inName.toLowerCase() !== address.toLowerCase()) tell('name-is-other-address', inName);
		return;
	}
	const host = HOST.exec(shown)?.[1];
	const read = host === undefined ? undefined : readDomainName(host);
	// `Dr.med` and `Node.js` are no domains: only a name that is known to be one counts.
	if (read?.registrable !== undefined && !isAligned(domain, read.value)) tell('name-is-other-domain', read.value);
}
