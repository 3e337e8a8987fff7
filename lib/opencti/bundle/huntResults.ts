import { huntedObjects, huntSightings, withoutRecipients, type HuntFindings, type SightingPlace } from '../../hunt';
import { OPENCTI_LIMITS } from '../../limits';
import type { AnyStixObject } from '../../stix';
import { huntTable, type DraftWarning } from '../container';

/** What a report makes of what hunts found. */
export interface HuntResultOptions {
	/**
	 * What of it becomes objects: `sightings` of what was hunted for, the same and the `messages` that were found, or nothing but the
	 * `table` in the description. Default {@link HUNT_RESULT_DEFAULTS}.
	 */
	as?: 'sightings' | 'messages' | 'table' | undefined;
	/** Where it was seen: a name is that of an organization. Default: the system that was hunted in. */
	seenAt?: string | SightingPlace | undefined;
	/** Who received it, in table and sightings: by `names`, or as `counts`. Default {@link HUNT_RESULT_DEFAULTS}. */
	recipients?: 'names' | 'counts' | undefined;
	/** Make the addresses of one's own people observables. Default {@link HUNT_RESULT_DEFAULTS}. */
	ownAddresses?: boolean | undefined;
	/**
	 * More messages than are made one by one: only listed in a `note`, or put into the platform's `queue` as well, which needs
	 * CONNECTORAPI. Default {@link HUNT_RESULT_DEFAULTS}.
	 */
	large?: 'note' | 'queue' | undefined;
}

/** What {@link HuntResultOptions} mean where nobody sets them. */
export const HUNT_RESULT_DEFAULTS = {
	as: 'sightings',
	recipients: 'names',
	ownAddresses: false,
	large: 'note',
} as const satisfies HuntResultOptions;

/** What hunts found, in the parts that a report has of it. */
export interface HuntResults {
	/** For the description. */
	shown: readonly HuntFindings[];
	/** Made with the report. */
	objects: AnyStixObject[];
	/** Ids of sightings among them: they say what was found now, also where they are there. */
	stated: ReadonlySet<string>;
	/** More than the description lists: Markdown, one text for each hunt. */
	notes: string[];
	/** More than is made one by one, for the queue. */
	queued: AnyStixObject[];
	warnings: DraftWarning[];
}

/** The findings as they may be shown. */
export function shownFindings(
	hunts: readonly HuntFindings[],
	{ recipients = HUNT_RESULT_DEFAULTS.recipients }: HuntResultOptions,
): readonly HuntFindings[] {
	return recipients === 'counts' ? hunts.map(withoutRecipients) : hunts;
}

/** What a report has of what hunts found. Pure; `objects` are those that the report holds besides. */
export function huntResults(
	hunts: readonly HuntFindings[],
	options: HuntResultOptions,
	about: { objects: readonly AnyStixObject[]; ownDomains: readonly string[]; time: string; canQueue: boolean },
): HuntResults {
	const { canQueue } = about;
	const { as, ownAddresses, large } = { ...HUNT_RESULT_DEFAULTS, ...options };
	const shown = shownFindings(hunts, options);
	const { seenAt } = options;
	const sightings =
		as === 'table'
			? []
			: huntSightings(shown, {
					objects: about.objects,
					seenAt: typeof seenAt === 'string' ? { name: seenAt } : seenAt,
					ownDomains: about.ownDomains,
					ownAddresses,
					time: about.time,
				});
	const count = hunts.reduce((sum, { rows }) => sum + rows.length, 0);
	const isLarge = count > OPENCTI_LIMITS.maxDirectMessages;
	const isQueued = large === 'queue' && canQueue;
	const messages = as === 'messages' ? huntedObjects(hunts, { ownDomains: about.ownDomains, ownAddresses }) : [];
	return {
		shown,
		objects: [...(isLarge ? [] : messages), ...sightings],
		stated: new Set(sightings.flatMap(({ type, id }) => (type === 'sighting' ? [id] : []))),
		notes: shown.flatMap((hunt) => noteOf(hunt) ?? []),
		queued: isLarge && isQueued ? messages : [],
		warnings: isLarge && !isQueued && messages.length > 0 ? [messagesListed(count, canQueue)] : [],
	};
}

function messagesListed(count: number, canQueue: boolean): DraftWarning {
	const message = `The hunt found ${count} messages, and at most ${OPENCTI_LIMITS.maxDirectMessages} are created one by one. They are listed in a note, not created. To create them, ${canQueue ? "set 'Large Findings' to Queue" : "create a report, with 'Large Findings' set to Queue"}.`;
	return { code: 'messages-listed', message };
}

/** All rows of a hunt that has more than the description lists. */
function noteOf({ matches, rows }: HuntFindings): string | undefined {
	const { maxDescriptionRows, maxNoteRows } = OPENCTI_LIMITS;
	const table = rows.length > maxDescriptionRows ? huntTable(rows.slice(0, maxNoteRows)) : undefined;
	if (table === undefined) return undefined;
	const more = matches - Math.min(rows.length, maxNoteRows);
	return `**Hunt**: ${matches} messages match.\n\n${table}${more > 0 ? `\n\n…and ${more} more.` : ''}`;
}
