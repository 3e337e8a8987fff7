import { remarksOf, textsIn, type HuntFindingField, type HuntFindingRow, type HuntFindings } from '../../hunt';
import { compact, isRecord } from '../../json';
import { HUNT_LIMITS } from '../../limits';
import { timestampOf, upgradedTo21, type AnyStixObject } from '../../stix';

/** What the targets call each field: Cisco Secure Email, Defender XDR, Exchange message trace. The first that is there counts. */
const NAMES: Readonly<Record<HuntFindingField, readonly string[]>> = {
	time: ['receivedAt', 'timestamp', 'Timestamp', 'time', 'receivedDateTime', 'Received', 'date'],
	sender: ['sender', 'SenderFromAddress', 'SenderMailFromAddress', 'senderAddress', 'SenderAddress', 'from'],
	recipients: [
		'recipients',
		'recipient',
		'recipientMap',
		'RecipientEmailAddress',
		'recipientAddress',
		'RecipientAddress',
		'to',
	],
	subject: ['subject', 'Subject'],
	status: ['lastState', 'messageStatus', 'status', 'Status', 'LatestDeliveryAction', 'DeliveryAction', 'rejected'],
	matchedBy: ['matchedBy'],
};
const FIELDS = Object.entries(NAMES) as Array<[HuntFindingField, readonly string[]]>;

/** What a hunt of this pack put out; undefined for what is no result of one. Every field may be anything: nothing is believed. */
export function huntFindings(result: unknown): HuntFindings | undefined {
	if (!isRecord(result)) return undefined;
	const { matches, rows, warnings, complete, queries, bundle } = result;
	const list = Array.isArray(rows) ? (rows as unknown[]).filter(isRecord) : [];
	const isCount = typeof matches === 'number' && Number.isSafeInteger(matches) && matches >= 0;
	if (!isCount && !Array.isArray(rows)) return undefined;
	const objects = objectsOf(bundle);
	return compact({
		matches: Math.max(isCount ? matches : 0, list.length),
		rows: list.slice(0, HUNT_LIMITS.maxFindingRows).map(rowOf),
		remarks: remarksOf(warnings),
		complete: complete !== false,
		idle: Array.isArray(queries) && queries.length === 0 && list.length === 0,
		system: systemOf(objects),
		objects: objects.length === 0 ? undefined : objects,
	});
}

function rowOf(row: Record<string, unknown>): HuntFindingRow {
	const own = (name: string): unknown => (Object.hasOwn(row, name) ? row[name] : undefined);
	const fields = FIELDS.map(([field, names]) => [
		field,
		names.map((name) => textsIn(own(name))).find((found) => found.length > 0),
	]);
	const seenAt = NAMES.time.map((name) => timestampOf(own(name))).find((time) => time !== undefined);
	return compact({ ...Object.fromEntries(fields), seenAt });
}

function objectsOf(bundle: unknown): AnyStixObject[] {
	const list = isRecord(bundle) && Array.isArray(bundle.objects) ? (bundle.objects as unknown[]) : [];
	const objects = list.filter(
		(object): object is AnyStixObject =>
			isRecord(object) && typeof object.type === 'string' && typeof object.id === 'string',
	);
	return upgradedTo21(objects);
}

/** The name of the identity that stands behind a hunt's results. */
function systemOf(objects: readonly AnyStixObject[]): string | undefined {
	const name = objects.find(({ type }) => type === 'identity')?.['name'];
	return typeof name === 'string' && name.trim().length > 1 ? name.trim() : undefined;
}
