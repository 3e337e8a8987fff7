import { readDomainName } from '../values';

/** The domain of an address or a name, in lower case and A-labels. Undefined where there is none. */
export function domainOf(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const name = text
		.slice(text.lastIndexOf('@') + 1)
		.replace(/>/g, '')
		.trim();
	return readDomainName(name)?.value;
}

/** What two names have in common when they are of one organisation (RFC 7489 section 3.2): the registrable domain, else the name. */
export function organisationOf(domain: string): string {
	return readDomainName(domain)?.registrable ?? domain;
}

/** `strict`: the same domain; `relaxed`: the same organisation's (RFC 7489 section 3.1). */
export type Alignment = 'strict' | 'relaxed' | 'none';

/** How well two domains fit. Undefined when one of them is not known. */
export function alignmentOf(one: string | undefined, other: string | undefined): Alignment | undefined {
	if (one === undefined || other === undefined) return undefined;
	if (one === other) return 'strict';
	return organisationOf(one) === organisationOf(other) ? 'relaxed' : 'none';
}

/** Whether they are of one organisation. */
export function isAligned(one: string | undefined, other: string | undefined): boolean {
	const alignment = alignmentOf(one, other);
	return alignment === 'strict' || alignment === 'relaxed';
}
