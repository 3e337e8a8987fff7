import type { Email } from '../email';
import { compact } from '../json';

/** What made a message without a person: nobody answers such mail (RFC 3834 section 2). */
export type AutomaticKind = 'bounce' | 'receipt' | 'auto-reply' | 'auto-generated' | 'bulk';

/** Marks of mailing lists and machines. */
export interface MailMarks {
	/** Set for what no person wrote to its recipient. */
	automatic?: AutomaticKind;
	/** List-Id (RFC 2919), without angle brackets. */
	listId?: string;
	/** It can be unsubscribed from (RFC 2369, RFC 8058). */
	unsubscribe?: true;
	/** Precedence, in lower case. */
	precedence?: string;
	/** The program that wrote it: User-Agent or X-Mailer. */
	program?: string;
}

type Head = Pick<Email, 'headers' | 'returnPath' | 'contentType' | 'from'>;

/** Body of the first field of a name (lower case). */
function first({ headers }: Pick<Email, 'headers'>, wanted: string): string | undefined {
	return headers.find(({ name }) => name.toLowerCase() === wanted)?.value.trim();
}

/** The marks of a message's header. */
export function marksOf(email: Head): MailMarks {
	const listId = first(email, 'list-id');
	return compact({
		automatic: automaticKind(email),
		listId: listId === undefined ? undefined : (/<([^<>]{1,320})>/.exec(listId)?.[1] ?? listId.slice(0, 320)),
		unsubscribe: first(email, 'list-unsubscribe') === undefined ? undefined : (true as const),
		precedence: first(email, 'precedence')?.toLowerCase().slice(0, 100) || undefined,
		program: (first(email, 'user-agent') ?? first(email, 'x-mailer'))?.slice(0, 200) || undefined,
	});
}

/** Local parts that no person has (RFC 2142, RFC 3834, and what list managers and mailers use). */
const MACHINES =
	/^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?(?:[+=-].*)?|.*-(?:request|bounces|owner)|owner-.*|listserv|majordomo|mailman)@/i;

/**
 * What kind of automatic mail it is (RFC 3834, 3464, 8098). Undefined for mail that a person may have written.
 */
export function automaticKind(email: Head): AutomaticKind | undefined {
	const type = (email.contentType ?? '').toLowerCase();
	if (type.startsWith('multipart/report')) {
		if (type.includes('disposition-notification')) return 'receipt';
		if (type.includes('delivery-status') || !type.includes('feedback-report')) return 'bounce';
	}
	const submitted = /^[a-z-]{2,40}/.exec(first(email, 'auto-submitted')?.toLowerCase() ?? '')?.[0];
	if (submitted !== undefined && submitted !== 'no')
		return submitted === 'auto-replied' ? 'auto-reply' : 'auto-generated';
	const precedence = first(email, 'precedence')?.toLowerCase();
	if (
		precedence === 'auto_reply' ||
		first(email, 'x-autoreply') !== undefined ||
		first(email, 'x-autorespond') !== undefined
	) {
		return 'auto-reply';
	}
	if (email.returnPath === '') return 'auto-generated';
	if (precedence === 'bulk' || precedence === 'junk') return 'bulk';
	return MACHINES.test(email.from[0]?.address ?? '') ? 'auto-generated' : undefined;
}
