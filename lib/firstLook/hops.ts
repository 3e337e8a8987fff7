import type { Email } from '../email';
import { hopsOutside, TrustedRelays } from '../indicators';
import { compact } from '../json';
import { INDICATOR_LIMITS } from '../limits';
import { readReceived } from '../received';

/** One step of a message's way, as its receiver wrote it down. */
export interface Hop {
	/** Name of the sending side that the receiver looked up; else what it called itself. */
	from?: string;
	/** What it called itself in HELO or EHLO. */
	helo?: string;
	/** Its address. */
	address?: string;
	by?: string;
	protocol?: string;
	tls?: boolean;
	/** Recipient of the envelope. */
	recipient?: string;
	/** When it was received: RFC 3339, UTC. */
	at?: string;
	/** Seconds since the hop before; below 0 where clocks differ, or lie. */
	delaySeconds?: number;
	/**
	 * `own`: among one's own relays; `foreign`: from outside to inside, written by one's own server; `unproven`: below it, where
	 * whoever sent the message may have written anything.
	 */
	place: 'own' | 'foreign' | 'unproven';
}

/** The way of a message. */
export interface Way {
	/** In the order of time: the sender's side first. */
	hops: Hop[];
	/** Of the Received fields, from the top, the one that tells how the message came in from outside. Undefined when none does. */
	boundary?: number;
}

/** Options of a first look at a message's way. */
export interface WayOptions {
	/** One's own mail relays: addresses, networks, hosts or suffixes with a leading dot. Default none. */
	trustedRelays?: readonly string[] | undefined;
}

/** The hops of a message, its trust boundary, and where delays arose. */
export function wayOf({ receivedLines }: Pick<Email, 'receivedLines'>, options: WayOptions = {}): Way {
	const lines = receivedLines.slice(0, INDICATOR_LIMITS.maxReceivedLines);
	const outside = hopsOutside(lines, new TrustedRelays(options.trustedRelays ?? []));
	// A hop between hosts of one organisation, by names that the sender could not choose, is still inside.
	const boundary = outside.find(({ internal }) => !internal)?.index;
	const read = lines.map((line) => readReceived(line));
	const hops = read.map((hop, index): Hop => {
		const older = read[index + 1]?.at;
		return compact({
			from: hop.reverse ?? hop.helo,
			helo: hop.helo,
			address: hop.addresses[0]?.value,
			by: hop.by,
			protocol: hop.protocol,
			tls: hop.tls,
			recipient: hop.recipient,
			at: hop.at?.toISOString(),
			delaySeconds:
				hop.at === undefined || older === undefined ? undefined : (hop.at.getTime() - older.getTime()) / 1_000,
			place: boundary === undefined || index < boundary ? 'own' : index === boundary ? 'foreign' : 'unproven',
		});
	});
	return { hops: hops.reverse(), ...(boundary === undefined ? {} : { boundary }) };
}
