import { compact, nonEmpty } from '../json';
import { deliveryOf, type DeliveredClick, type Delivery, type MicrosoftHuntRow } from './delivery';

/** An address as messages have it, with its display name when there is one. */
export interface MicrosoftHuntAddress {
	address: string;
	name?: string;
}

/** Columns that hold several values: the fields of {@link withOverviewOf} have them as lists. */
const LISTS: ReadonlySet<string> = new Set([
	'Urls',
	'Attachments',
	'Clicks',
	'PostDelivery',
	'DeliveryAction',
	'DeliveryLocation',
	'LatestDeliveryAction',
	'LatestDeliveryLocation',
	'ThreatTypes',
	'ThreatNames',
	'AuthenticationDetails',
]);

/** Fields of a row: what people look for first, in the forms that messages have everywhere else, then the columns as they were answered. */
export function withOverviewOf<More extends object>(row: MicrosoftHuntRow, more: More): Record<string, unknown> {
	const delivery = deliveryOf(row);
	const { displayName: name } = delivery;
	const overview = compact({
		subject: delivery.subject,
		from: delivery.from === undefined ? [] : [{ address: delivery.from, ...(name === undefined ? {} : { name }) }],
		sender: delivery.sender,
		to: [{ address: delivery.recipient }] satisfies MicrosoftHuntAddress[],
		receivedAt: delivery.time === undefined ? undefined : new Date(delivery.time).toISOString(),
		status: statusOf(delivery),
		...more,
		clicks: nonEmpty(delivery.clicks),
		laterActions: nonEmpty(delivery.later),
		links: nonEmpty(delivery.links),
		files: nonEmpty(delivery.files),
		threatTypes: nonEmpty(delivery.threatTypes),
		threatNames: nonEmpty(delivery.threatNames),
		locations: nonEmpty(delivery.locations),
		latestLocations: nonEmpty(delivery.latestLocations),
		direction: delivery.direction,
		authentication: delivery.authentication,
	});
	const columns = Object.fromEntries(Object.entries(row.attributes).filter(([column]) => !LISTS.has(column)));
	return { ...overview, ...columns, ...overview };
}

/** What became of it, in a few words: `Delivered (Inbox/Folder), clicked`. */
function statusOf(delivery: Delivery): string | undefined {
	const { statuses, actions, locations, latestActions, latestLocations, clicks, later } = delivery;
	const what = statuses.length > 0 ? statuses : actions;
	const places = [...new Set([...locations, ...latestLocations])];
	const place = places.length === 0 ? '' : ` (${places.join(', ')})`;
	const words = [
		...(what.length === 0 && place === '' ? [] : [`${what.join(', ')}${place}`.trim()]),
		...new Set([
			...latestActions.filter((action) => !actions.includes(action)),
			...later.map(({ type }) => type ?? ''),
		]),
		...new Set(clicks.map((click) => clickWord(click, delivery.recipient))),
	].filter((word) => word !== '');
	return words.length === 0 ? undefined : words.join(', ');
}

/** No name: what hides recipients shows the status. */
function clickWord({ action = '', clickedThrough, account }: DeliveredClick, recipient: string): string {
	const word = clickedThrough === true || !/block|error/i.test(action) ? 'clicked' : 'click blocked';
	const isOwn = account === undefined || account.toLowerCase() === recipient.toLowerCase();
	return isOwn ? word : `${word} (another account)`;
}
