import type { Email } from '../email';
import { authenticationOf, type Authentication, type AuthenticationOptions } from './authentication';
import { wayOf, type Hop, type WayOptions } from './hops';
import { keysOf, type MessageKeys } from './keys';
import { marksOf, type MailMarks } from './marks';
import { sendersOf, type Senders } from './sender';

/** What an analyst looks at first: is it from whom it says, who sent it really, and which way did it come. Plain data, as in JSON. */
export interface FirstLook {
	authentication: Authentication;
	senders: Senders;
	/** The way, the sender's side first. */
	hops: Hop[];
	/** Where it came in from outside: the last thing about its way that nobody else can have written. */
	origin?: Hop;
	/** Between the first and the last time of its way. */
	seconds?: number;
	marks: MailMarks;
	keys: MessageKeys;
}

/** Options of {@link firstLook}. */
export interface FirstLookOptions extends WayOptions, AuthenticationOptions {}

/** The fields of a message that a first look reads. */
export type LookedAt = Pick<
	Email,
	| 'headers'
	| 'from'
	| 'sender'
	| 'replyTo'
	| 'returnPath'
	| 'messageId'
	| 'receivedLines'
	| 'authenticationResults'
	| 'contentType'
>;

/**
 * A first look at a message's header. Pure, linear, never throws: what a message does not say is absent, and what its sender may have
 * written himself is not believed.
 */
export function firstLook(email: LookedAt, options: FirstLookOptions = {}): FirstLook {
	const { hops, boundary } = wayOf(email, options);
	const origin = hops.find(({ place }) => place === 'foreign');
	const times = hops.map(({ at }) => at).filter((at) => at !== undefined);
	const seconds = times.length < 2 ? undefined : (Date.parse(times.at(-1)!) - Date.parse(times[0]!)) / 1_000;
	return {
		authentication: authenticationOf(email, boundary, options),
		senders: sendersOf(email),
		hops,
		...(origin === undefined ? {} : { origin }),
		...(seconds === undefined ? {} : { seconds }),
		marks: marksOf(email),
		keys: keysOf(email),
	};
}
