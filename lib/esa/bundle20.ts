import { isIP } from 'node:net';
import { nonEmpty } from '../json';
import { bundleIdOf, canonicalJson, stableUuidV4 } from '../stix';
import type { Steps } from '../steps';
import { isRepeated } from './repeated';
import { addressOf, isDomain, type TrackedMessage } from './row';

/** A STIX 2.0 bundle: `spec_version` on the bundle, cyber-observables inside observed-data. */
export interface Bundle20 {
	type: 'bundle';
	id: string;
	objects: Array<Record<string, unknown>>;
	spec_version: '2.0';
}

type Properties = Record<string, unknown>;

/**
 * Rows as STIX 2.0: one observed-data a row. Ids have the form of version 4, which STIX 2.0 demands of all (part 1, section 2.7), and
 * are the same for the same rows.
 */
export function* bundle20(messages: readonly TrackedMessage[], author: Properties): Steps<Bundle20> {
	const { spec_version: _, id: _own, ...properties } = author;
	// STIX 2.0 has no word for a system among its classes of identities.
	const identity = named('identity', { ...properties, identity_class: 'unknown' });
	const objects: Properties[] = [identity];
	for (const message of messages) {
		objects.push(...observations([message], identity.id));
		yield;
	}
	return { type: 'bundle', id: yield* bundleIdOf(objects), objects, spec_version: '2.0' };
}

function named<Rest extends Properties>(type: string, properties: Rest): Rest & { type: string; id: string } {
	const id = `${type}--${stableUuidV4(canonicalJson({ ...properties, type }))}`;
	return { ...properties, type, id };
}

/**
 * Observed-data in stix-shifter's shape: host, header From, event, address, domain, Reply-To, recipients and sender as keyed
 * objects around the `email-message` of the first MID; further MIDs follow as messages and events of their own.
 */
function observations(messages: readonly TrackedMessage[], createdBy: string): Properties[] {
	return messages.flatMap((message) => {
		if (message.time === undefined) return [];
		const moment = new Date(message.time).toISOString();
		const objects = keyedObjects(message, moment);
		const name = canonicalJson({ objects, moment });
		return [
			{
				id: `observed-data--${stableUuidV4(name)}`,
				type: 'observed-data',
				created_by_ref: createdBy,
				created: moment,
				modified: moment,
				objects,
				first_observed: moment,
				last_observed: moment,
				number_observed: 1,
			},
		];
	});
}

/** Keys count up in the order in which stix-shifter meets the fields of a row. */
function keyedObjects(message: TrackedMessage, date: string): Record<string, Properties> {
	const objects: Record<string, Properties> = {};
	let count = 0;
	const add = (properties: Properties): string => {
		const key = String(count);
		count += 1;
		objects[key] = properties;
		return key;
	};
	const address = (raw: string | undefined): string | undefined => {
		const value = addressOf(raw);
		return value === undefined ? undefined : add({ type: 'email-addr', value });
	};
	const first: Properties = { type: 'email-message' };
	const host = message.hostName === undefined ? undefined : add({ type: 'x-oca-asset', hostname: message.hostName });
	if (host !== undefined) add(first);
	const [from, ...otherFrom] = message.from.map(address).filter((key) => key !== undefined);
	if (host === undefined) add(first);
	const [mid, ...otherMids] = message.mids;
	const [status, ...otherStatuses] = message.statuses.size > 0 ? [...message.statuses.values()] : [message.status];
	const event: Properties = { type: 'x-cisco-email-msgevent' };
	set(event, { message_status: status, mail_policy: nonEmpty(message.mailPolicies), direction: message.direction });
	add(event);
	const family = message.senderIp === undefined ? 0 : isIP(message.senderIp);
	const ip =
		family === 0 ? undefined : add({ type: family === 4 ? 'ipv4-addr' : 'ipv6-addr', value: message.senderIp });
	if (isDomain(message.senderDomain)) add({ type: 'domain-name', value: message.senderDomain });
	set(event, { reply_to: address(message.replyTo), sbrs_score: message.sbrs });
	const recipients = new Map(message.recipients.map((raw) => [raw, address(raw)]));
	const sender = address(message.sender);
	const shared = {
		x_cisco_host_ref: host,
		from_ref: from,
		is_multipart: false,
		x_sender_ip_ref: ip,
		x_sender_group: message.senderGroup,
		subject: message.subject,
		x_cisco_mid: mid,
		x_cisco_icid: message.icid,
		date,
		x_message_id_header: mid === undefined ? undefined : message.messageIds.get(mid),
		to_refs: nonEmpty(message.recipients.map((raw) => recipients.get(raw)).filter((key) => key !== undefined)),
		sender_ref: sender,
		x_serial_number: message.serialNumber,
		x_from_refs: nonEmpty(otherFrom),
	};
	set(first, shared);
	const more = isRepeated(message.mids.length, shared) ? shared : { is_multipart: false, date };
	for (const other of otherMids) {
		const message20: Properties = { type: 'email-message' };
		set(message20, { ...more, x_cisco_mid: other, x_message_id_header: message.messageIds.get(other) });
		add(message20);
	}
	const moreEvent = isRepeated(otherStatuses.length, event) ? event : { type: event.type };
	for (const other of otherStatuses) add({ ...moreEvent, message_status: other });
	return objects;
}

/** Adds what is there; STIX knows no null. */
function set(target: Properties, properties: Properties): void {
	for (const [name, value] of Object.entries(properties)) if (value !== undefined) target[name] = value;
}
