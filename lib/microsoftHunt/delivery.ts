import { isRecord } from '../json';

/** A row of Defender XDR or of message trace, as it was answered: a message to one recipient. */
export interface MicrosoftHuntRow {
	attributes: Readonly<Record<string, unknown>>;
}

/** A link in a message. */
export interface DeliveredLink {
	url: string;
	domain?: string;
	/** Where it stands: body, attachment, QR code. */
	location?: string;
}

/** A file on a message. */
export interface DeliveredFile {
	name?: string;
	type?: string;
	sha256?: string;
	/** Bytes. */
	size?: number;
}

/** A click on a link of a message. */
export interface DeliveredClick {
	/** ISO 8601. */
	time?: string;
	account?: string;
	url?: string;
	/** ClickAllowed, ClickBlocked … */
	action?: string;
	/** Whether the user went on to the site although it was warned of. */
	clickedThrough?: boolean;
	ip?: string;
	app?: string;
	/** Names the click. */
	id?: string;
}

/** What became of a message after its delivery. */
export interface LaterAction {
	/** ISO 8601. */
	time?: string;
	action?: string;
	/** What led to it: Phish ZAP, Manual remediation … */
	type?: string;
	result?: string;
	location?: string;
}

/**
 * A message to one recipient: what both targets say of it, each text as they write it. What differs between several rows of the same
 * delivery is a list.
 */
export interface Delivery {
	/** Microsoft's own name of the message. */
	id: string;
	recipient: string;
	/** Epoch milliseconds: of the first row of the delivery. */
	time?: number;
	messageId?: string;
	/** Envelope sender. */
	sender?: string;
	/** Header From. */
	from?: string;
	displayName?: string;
	domains: string[];
	senderIps: string[];
	subject?: string;
	direction?: string;
	/** Of message trace. */
	statuses: string[];
	/** Of message trace: what tells its rows of the same message and recipient apart, for their order and their names. */
	traced?: string;
	actions: string[];
	locations: string[];
	latestActions: string[];
	latestLocations: string[];
	threatTypes: string[];
	threatNames: string[];
	authentication?: string;
	cluster?: string;
	/** Bytes. */
	size?: number;
	destinationIp?: string;
	links: DeliveredLink[];
	files: DeliveredFile[];
	clicks: DeliveredClick[];
	later: LaterAction[];
}

/** Whether it can be read at all: who got which message. */
export function isRow(value: unknown, idName: string, recipientName: string): value is Record<string, unknown> {
	return isRecord(value) && text(value[idName]) !== undefined && text(value[recipientName]) !== undefined;
}

/**
 * The same for the same delivery, whatever query found it. Defender's rows of a delivery are put together where they are asked for. A row
 * of message trace is found by what it says itself, and not by what another one says: what differs in anything is another delivery.
 */
export const keyOf = ({ id, recipient, traced: row }: Delivery): string => {
	const delivery = `${id} ${recipient.toLowerCase()}`;
	return row === undefined ? delivery : `${delivery} ${row}`;
};

/** Reads a row of either kind; what has another type than the API's is left out. */
export function deliveryOf({ attributes }: MicrosoftHuntRow): Delivery {
	return attributes.NetworkMessageId === undefined ? traced(attributes) : hunted(attributes);
}

function traced(row: Readonly<Record<string, unknown>>): Delivery {
	const sender = text(row.senderAddress);
	const domain = sender === undefined ? undefined : domainOf(sender);
	return {
		...EMPTY,
		id: text(row.id) ?? '',
		recipient: text(row.recipientAddress) ?? '',
		domains: domain === undefined ? [] : [domain],
		senderIps: texts([row.fromIP]),
		statuses: texts([row.status]),
		traced: JSON.stringify(TRACED.map((name) => row[name])),
		...given({
			time: timeOf(row.receivedDateTime),
			messageId: text(row.messageId),
			sender,
			subject: string(row.subject),
			size: integer(row.size),
			destinationIp: text(row.toIP),
		}),
	};
}

function hunted(row: Readonly<Record<string, unknown>>): Delivery {
	return {
		id: text(row.NetworkMessageId) ?? '',
		recipient: text(row.RecipientEmailAddress) ?? '',
		domains: [...new Set(texts([row.SenderFromDomain, row.SenderMailFromDomain]))],
		senderIps: texts([row.SenderIPv4, row.SenderIPv6]),
		statuses: [],
		actions: textsOf(row.DeliveryAction),
		locations: textsOf(row.DeliveryLocation),
		latestActions: textsOf(row.LatestDeliveryAction),
		latestLocations: textsOf(row.LatestDeliveryLocation),
		threatTypes: wordsOf(row.ThreatTypes),
		threatNames: wordsOf(row.ThreatNames),
		links: recordsOf(row.Urls).flatMap((link) => {
			const url = text(link.Url);
			return url === undefined
				? []
				: [{ url, ...given({ domain: text(link.UrlDomain), location: text(link.UrlLocation) }) }];
		}),
		files: recordsOf(row.Attachments).map((file) =>
			given({
				name: text(file.FileName),
				type: text(file.FileType),
				sha256: text(file.SHA256),
				size: integer(file.FileSize),
			}),
		),
		clicks: recordsOf(row.Clicks).map(clickOf),
		later: recordsOf(row.PostDelivery).map((event) =>
			given({
				time: text(event.Timestamp),
				action: text(event.Action),
				type: text(event.ActionType),
				result: text(event.ActionResult),
				location: text(event.DeliveryLocation),
			}),
		),
		...given({
			time: timeOf(row.Timestamp),
			messageId: text(row.InternetMessageId),
			sender: text(row.SenderMailFromAddress),
			from: text(row.SenderFromAddress),
			displayName: text(row.SenderDisplayName),
			subject: string(row.Subject),
			direction: text(row.EmailDirection),
			authentication: text(row.AuthenticationDetails),
			cluster: text(row.EmailClusterId),
		}),
	};
}

/** What IsClickedThrough says: a bool, of which older schemas make a number. */
export const isClickedThrough = (value: unknown): boolean => value === true || value === 1 || value === '1';

/** A click as UrlClickEvents has it. */
export function clickOf(click: Readonly<Record<string, unknown>>): DeliveredClick {
	const through = click.IsClickedThrough;
	return given({
		time: text(click.Timestamp),
		account: text(click.AccountUpn),
		url: text(click.Url),
		action: text(click.ActionType),
		clickedThrough: through === undefined || through === null ? undefined : isClickedThrough(through),
		ip: text(click.IPAddress),
		app: text(click.Workload),
		id: text(click.ReportId),
	});
}

/** Columns of message trace that a pattern can look at, besides the two that name a delivery. */
const TRACED = ['status', 'receivedDateTime', 'senderAddress', 'messageId', 'subject', 'fromIP', 'toIP', 'size'];

const EMPTY = {
	actions: [],
	locations: [],
	latestActions: [],
	latestLocations: [],
	threatTypes: [],
	threatNames: [],
	links: [],
	files: [],
	clicks: [],
	later: [],
};

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** What there is. */
function given<T extends object>(properties: T): Given<T> {
	return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Given<T>;
}

const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
/** A text with something in it: both write an empty one where they have nothing. */
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const texts = (values: readonly unknown[]): string[] => values.map(text).filter((one) => one !== undefined);
const integer = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);

/** A list, or JSON of one: how an answer writes dynamic columns is not documented. Undefined for what is neither, such as half of one. */
function readList(value: unknown): unknown[] | undefined {
	if (Array.isArray(value)) return value as unknown[];
	if (typeof value !== 'string' || !value.startsWith('[')) return undefined;
	try {
		const list: unknown = JSON.parse(value);
		return Array.isArray(list) ? list : undefined;
	} catch {
		return undefined;
	}
}
const listOf = (value: unknown): unknown[] => readList(value) ?? [];

/** Columns of Defender that hold lists of texts. */
const TEXT_LISTS = [
	'DeliveryAction',
	'DeliveryLocation',
	'LatestDeliveryAction',
	'LatestDeliveryLocation',
	'ThreatTypes',
	'ThreatNames',
];

/**
 * Whether all lists of a row of Defender can be read, and have as many entries as are said to be there. Kusto bounds the size of a list,
 * and a message may hold more links than that: what is not there must not count as "has no such link".
 */
export function isWhole({ attributes }: MicrosoftHuntRow, totals: { links: unknown; files: unknown }): boolean {
	const isMissing = (value: unknown) => value === undefined || value === null || value === '';
	const isText = (value: unknown) => typeof value === 'string' && !value.startsWith('[');
	const hasAll = (value: unknown, total: unknown) => {
		const list = isMissing(value) ? [] : readList(value);
		return list !== undefined && list.every(isRecord) && (typeof total !== 'number' || list.length === total);
	};
	const { Urls: links, Attachments: files } = attributes;
	return (
		hasAll(links, totals.links) &&
		hasAll(files, totals.files) &&
		TEXT_LISTS.every((name) => {
			const value = attributes[name];
			return isMissing(value) || isText(value) || readList(value) !== undefined;
		})
	);
}

const textsOf = (value: unknown): string[] => {
	const single = text(value);
	return single !== undefined && !single.startsWith('[') ? [single] : [...new Set(texts(listOf(value)))];
};
/** Words of comma-separated texts. */
const wordsOf = (value: unknown): string[] => [
	...new Set(
		textsOf(value).flatMap((one) =>
			one
				.split(',')
				.map((word) => word.trim())
				.filter((word) => word !== ''),
		),
	),
];
const recordsOf = (value: unknown): Record<string, unknown>[] => listOf(value).filter(isRecord);

/** Epoch milliseconds. */
export function timeOf(value: unknown): number | undefined {
	if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
	const time = Date.parse(value);
	return Number.isNaN(time) ? undefined : time;
}

function domainOf(address: string): string | undefined {
	const at = address.lastIndexOf('@');
	return at < 0 ? undefined : text(address.slice(at + 1));
}
