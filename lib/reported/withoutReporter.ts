import type { Email, EmailAddress } from '../email';
import type { Indicator } from '../indicators';
import { emailAddrValue } from '../values';
import type { Reported } from './reported';

/** Addresses of the mail that reported another one: of the reporter, and of the mailbox that it was reported to. */
export function reporterAddresses(
	wrapper: Pick<Email, 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc' | 'returnPath'>,
): Set<string> {
	const { from, sender, replyTo, to, cc, bcc, returnPath } = wrapper;
	const all = [...from, ...(sender === undefined ? [] : [sender]), ...replyTo, ...to, ...cc, ...bcc].map(
		({ address }) => address,
	);
	if (returnPath !== undefined) all.push(returnPath);
	return new Set(all.map((address) => emailAddrValue(address)).filter((value) => value !== undefined));
}

/** The values without those addresses: a reporter is nobody to look for, wherever his address stands. */
export function withoutReporterIndicators(
	indicators: readonly Indicator[],
	addresses: ReadonlySet<string>,
): Indicator[] {
	return indicators.filter(({ type, value }) => type !== 'email-addr' || !addresses.has(value));
}

/** The message without those addresses among its people, for what makes objects of them. Other recipients stay. */
export function withoutReporter(email: Email, addresses: ReadonlySet<string>): Email {
	const others = (list: readonly EmailAddress[]) =>
		list.filter(({ address }) => !addresses.has(emailAddrValue(address) ?? ''));
	return { ...email, to: others(email.to), cc: others(email.cc), bcc: others(email.bcc) };
}

/** Labels for what is made of a reported message: the way of reporting, and who reported it. */
export function reporterLabels(reported: Reported | undefined): string[] {
	if (reported === undefined) return [];
	const address = emailAddrValue(reported.by?.address ?? '');
	return [`reported:${reported.way}`, ...(address === undefined ? [] : [`reported-by:${address}`])];
}
