import {
	deliveryOf,
	microsoftRowsToBundle,
	withOverviewOf,
	type Delivery,
	type MicrosoftHuntRow,
} from '../../../lib/microsoftHunt';
import type { Bundle } from '../../../lib/stix';
import { defenderRow, traceRow } from '../inputs/microsoft';
import { wellFormed } from '../../../lib/text';
import { oddValue, spoilValue } from '../inputs/values';
import { isBounded, isSame, isSoundBundle, isTrue, isWellFormed, jsonOf } from '../invariants';
import type { Kind } from '../kind';

interface Made {
	bundles: Record<'none' | 'recipients' | 'clicks', Bundle>;
	overviews: Array<Record<string, unknown>>;
	deliveries: Delivery[];
}

const rowsOf = (input: string): MicrosoftHuntRow[] => {
	const rows = oddValue(input) as MicrosoftHuntRow[];
	// What has no such object is not a row: the client leaves it out.
	return rows.filter(
		({ attributes }) => typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes),
	);
};

function make(input: string): Made {
	const rows = rowsOf(input);
	const bundleOf = (people: 'none' | 'recipients' | 'clicks') => microsoftRowsToBundle(rows, { people });
	return {
		bundles: { none: bundleOf('none'), recipients: bundleOf('recipients'), clicks: bundleOf('clicks') },
		overviews: rows.map((row) => withOverviewOf(row, { matchedBy: ['a'] })),
		deliveries: rows.map((row) => deliveryOf(row)),
	};
}

export const kind: Kind<string, Made> = {
	subject: 'rows of Defender and of message trace as STIX and as items',
	form: 'text',
	make: (random) =>
		JSON.stringify(
			random.list(0, random.chance(0.02) ? 200 : 5, () => {
				const attributes = random.choose<object>([2, () => defenderRow(random)], [1, () => traceRow(random)]);
				return { attributes: random.chance(0.7) ? spoilValue(attributes, random, 'json') : attributes };
			}),
		),
	run: make,
	refusals: [],
	isRead: ({ bundles }) => bundles.none.objects.some(({ type }) => type === 'email-message'),
	invariants: {
		'ids are well formed and each there once, and references lead to objects that are there': ({ bundles }) => {
			for (const bundle of Object.values(bundles)) isSoundBundle(bundle);
		},
		'no text of a bundle has half of a character or NUL': ({ bundles }) => isWellFormed(bundles),
		'what is not wanted of people is not there': ({ bundles: { none, recipients } }) => {
			for (const [bundle, absent] of [
				[none, ['to_refs', 'x_clicks']],
				[recipients, ['x_clicks']],
			] as const)
				for (const object of bundle.objects)
					for (const name of absent) isTrue(!Object.hasOwn(object, name), `${object.id} has ${name}`);
		},
		'each message is one object, whoever received it': ({ bundles, deliveries }) => {
			const ids = new Set(deliveries.map(({ id }) => wellFormed(id.replaceAll('\0', '\ufffd'))));
			for (const { objects } of Object.values(bundles)) {
				const messages = objects.filter(({ type }) => type === 'email-message');
				isTrue(messages.length === ids.size, `${messages.length} messages of ${ids.size}`);
			}
		},
		'items and bundles are JSON, and no longer than their input lets them be': (made, input) => {
			const read = JSON.stringify(rowsOf(input)).length;
			isBounded(jsonOf(made.overviews), read, 10, 5_000);
			for (const bundle of Object.values(made.bundles)) isBounded(jsonOf(bundle), read, 40, 20_000);
		},
		'times are ISO 8601, or none': ({ deliveries, overviews }) => {
			for (const { time } of deliveries) isTrue(time === undefined || Number.isFinite(time), `time ${time}`);
			for (const { receivedAt } of overviews)
				isTrue(receivedAt === undefined || !Number.isNaN(Date.parse(String(receivedAt))), String(receivedAt));
		},
		'the same rows give the same bytes': ({ bundles }, input) =>
			isSame(jsonOf(make(input).bundles), jsonOf(bundles), 'the bundles'),
	},
};
