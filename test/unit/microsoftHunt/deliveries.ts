import fc from 'fast-check';
import { emptyTables, rowOf, type Row, type Tables } from '../../lab/hunting';
import { FROM, HOSTILE } from './comparisons';

export const ADDRESSES = [
	'ann@example.com',
	'Ann@example.com',
	"o'hara@example.net",
	'bob@example.org',
	'eve@evil.example',
];
export const SUBJECTS = [
	'Invoice 17',
	'invoice 17',
	'RE: Invoice 17',
	'100% off_now',
	'Überweisung',
	'U\u0308berweisung',
	'',
	...HOSTILE,
];
export const IPV4 = ['192.0.2.1', '192.0.2.200', '198.51.100.7', ''];
export const IPV6 = ['2001:db8::1', '2001:db8:1::1', ''];
export const URLS = [
	'https://evil.example/a',
	'https://EVIL.example/a',
	'https://ok.example/?q=1&r="2"',
	'http://a.example/\\x',
];
export const FILES = ['invoice.pdf', 'Invoice.PDF', 'a_b.exe', '"; drop.txt'];
export const HASHES = ['a'.repeat(64), 'b'.repeat(64), ''];
export const LOCATIONS = ['Inbox/Folder', 'Junk', 'Quarantine'];
export const ACTIONS = ['Delivered', 'Junked', 'Blocked'];
export const THREATS = ['', 'Phish', 'Malware, Spam', 'Phish, Spam'];
export const NAMES = ['Ann', 'ANN', 'Eve "the" Evil', ''];

/** A message to one recipient, as its tables have it. */
export interface GeneratedDelivery {
	id: string;
	recipient: string;
	/** Epoch milliseconds of its first row. */
	time: number;
	messageId: string;
	from: string;
	sender: string;
	name: string;
	ipv4: string;
	ipv6: string;
	subject: string;
	direction: string;
	/** One a row; later ones come after so many milliseconds. */
	states: Array<{ after: number; action: string; location: string; latest: string; threats: string }>;
	/** Each written so many milliseconds after the message. */
	links: Array<{ after: number; url: string; domain: string; location: string }>;
	files: Array<{ after: number; name: string; sha256: string; size: number }>;
}

const HOURS = 3_600_000;
const late = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 * HOURS }), fc.integer({ min: 0, max: 60_000 }));
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 });

const message = fc.record({
	from: fc.constantFrom(...ADDRESSES),
	sender: fc.constantFrom(...ADDRESSES),
	name: fc.constantFrom(...NAMES),
	ipv4: fc.constantFrom(...IPV4),
	ipv6: fc.constantFrom(...IPV6),
	subject: fc.constantFrom(...SUBJECTS),
	direction: fc.constantFrom('Inbound', 'Outbound', 'Intra-org'),
	links: few(
		fc.record({
			after: late,
			url: fc.constantFrom(...URLS),
			domain: fc.constantFrom('evil.example', 'ok.example'),
			location: fc.constantFrom('Body', 'QRCode'),
		}),
	),
});

const copy = fc.record({
	recipient: fc.constantFrom(...ADDRESSES),
	time: fc.integer({ min: 0, max: 3_599_000 }).map((ms) => FROM + ms),
	states: fc
		.array(
			fc.record({
				after: late,
				action: fc.constantFrom(...ACTIONS),
				location: fc.constantFrom(...LOCATIONS),
				latest: fc.constantFrom(...LOCATIONS, ''),
				threats: fc.constantFrom(...THREATS),
			}),
			{ minLength: 1, maxLength: 3 },
		)
		.map((states) => states.map((state, index) => ({ ...state, after: index === 0 ? 0 : state.after + 1 }))),
	files: few(
		fc.record({
			after: late,
			name: fc.constantFrom(...FILES),
			sha256: fc.constantFrom(...HASHES),
			size: fc.constantFrom(10, 2_000, 5_000_000),
		}),
	),
});

/** Messages to one or several recipients. */
export const deliveries: fc.Arbitrary<GeneratedDelivery[]> = fc
	.array(
		fc.tuple(
			message,
			fc.uniqueArray(copy, { minLength: 1, maxLength: 3, selector: (one) => one.recipient.toLowerCase() }),
		),
		{ minLength: 1, maxLength: 6 },
	)
	.map((list) =>
		list
			.flatMap(([one, copies], index) =>
				copies.map((each) => ({ ...one, ...each, id: `network-${index}`, messageId: `<${index}@example.net>` })),
			)
			// An answer that is cut within a millisecond cannot be read on: another test.
			.map((delivery, index) => ({ ...delivery, time: delivery.time - (delivery.time % 32) + index })),
	);

const at = (time: number): Date => new Date(time);
const domainOf = (address: string) => address.split('@')[1]!;

/** The tables, rows of all messages mixed: later ones among earlier ones of others. */
export function tablesOf(all: readonly GeneratedDelivery[]): Tables {
	const tables = emptyTables();
	const seen = new Set<string>();
	for (const delivery of all) {
		const { id, recipient, time } = delivery;
		delivery.states.forEach((state, index) => {
			const row: Row = {
				Timestamp: at(time + state.after),
				NetworkMessageId: id,
				InternetMessageId: delivery.messageId,
				// The same mailbox, written another way.
				RecipientEmailAddress: index === 0 ? recipient : recipient.toUpperCase(),
				SenderFromAddress: delivery.from,
				SenderMailFromAddress: delivery.sender,
				SenderDisplayName: delivery.name,
				SenderFromDomain: domainOf(delivery.from),
				SenderMailFromDomain: domainOf(delivery.sender),
				SenderIPv4: delivery.ipv4,
				SenderIPv6: delivery.ipv6,
				Subject: delivery.subject,
				EmailDirection: delivery.direction,
				EmailClusterId: 123,
				DeliveryAction: state.action,
				DeliveryLocation: state.location,
				LatestDeliveryLocation: state.latest,
				ThreatTypes: state.threats,
			};
			tables.EmailEvents.push(rowOf('EmailEvents', row));
		});
		for (const { after, ...file } of delivery.files) {
			const row = {
				Timestamp: at(time + after),
				NetworkMessageId: id,
				RecipientEmailAddress: recipient.toLowerCase(),
				FileName: file.name,
				SHA256: file.sha256,
				FileSize: file.size,
			};
			tables.EmailAttachmentInfo.push(rowOf('EmailAttachmentInfo', row));
		}
		if (seen.has(id)) continue;
		seen.add(id);
		for (const { after, url, domain, location } of delivery.links) {
			const row = {
				Timestamp: at(time + after),
				NetworkMessageId: id,
				Url: url,
				UrlDomain: domain,
				UrlLocation: location,
			};
			tables.EmailUrlInfo.push(rowOf('EmailUrlInfo', row));
		}
	}
	for (const rows of Object.values(tables)) rows.reverse();
	return tables;
}

export const keyOf = ({ id, recipient }: GeneratedDelivery): string => `${id} ${recipient}`;

/** Everything that is true of a delivery: written here anew, for the code under test must not be its own witness. */
export function knowledgeOf(delivery: GeneratedDelivery): object {
	const { states, links, files } = delivery;
	const moment = new Date(delivery.time).toISOString();
	const addresses = [
		{
			type: 'email-addr',
			id: 'from',
			value: delivery.from,
			...(delivery.name === '' ? {} : { display_name: delivery.name }),
		},
		{ type: 'email-addr', id: 'sender', value: delivery.sender },
		{ type: 'email-addr', id: 'recipient', value: delivery.recipient },
	];
	const list = (texts: string[]) => {
		const all = texts.filter((one) => one !== '');
		return all.length === 0 ? undefined : all;
	};
	return {
		type: 'observed-data',
		id: keyOf(delivery),
		first_observed: moment,
		last_observed: moment,
		objects: [
			...addresses,
			...(delivery.ipv4 === '' ? [] : [{ type: 'ipv4-addr', value: delivery.ipv4 }]),
			...(delivery.ipv6 === '' ? [] : [{ type: 'ipv6-addr', value: delivery.ipv6 }]),
			...[domainOf(delivery.from), domainOf(delivery.sender), ...links.map(({ domain }) => domain)].map((value) => ({
				type: 'domain-name',
				value,
			})),
			...links.map(({ url }) => ({ type: 'url', value: url })),
			...files.map(({ name, sha256, size }) => ({
				type: 'file',
				name,
				size,
				...(sha256 === '' ? {} : { hashes: { 'SHA-256': sha256 } }),
			})),
			{
				type: 'email-message',
				from_ref: 'from',
				sender_ref: 'sender',
				to_refs: ['recipient'],
				subject: delivery.subject,
				date: moment,
				message_id: delivery.messageId,
				x_network_message_id: delivery.id,
				x_direction: delivery.direction,
				x_email_cluster_id: '123',
				x_delivery_actions: list(states.map(({ action }) => action)),
				x_delivery_locations: list(states.map(({ location }) => location)),
				x_latest_delivery_locations: list(states.map(({ latest }) => latest)),
				x_threat_types: list(states.flatMap(({ threats }) => threats.split(', '))),
			},
		],
	};
}
