import type { LabFolder, LabMailbox, LabMessage } from './exchange';
import { compares, filterOf, LabRefusal, queryOf, selectOf } from './odata';
import { opaque, shuffle } from './random';

/** How often the delta query shows its odd sides, each from 0 to 1. */
export interface DeltaManners {
	emptyPages: number;
	replays: number;
	/** The same row twice in one page. */
	repetitions: number;
}

export interface DeltaRow {
	message?: LabMessage;
	removedId?: string;
}

export interface DeltaPage {
	rows: DeltaRow[];
	select: string[];
	next?: string;
	delta?: string;
}

/** What a token stands for. Tokens of one first request share a lineage. */
interface Point {
	generation: number;
	/** Ids still to show, of a round under way. */
	round?: { ids: string[]; at: number; removed: Set<string>; sequence: number };
	/** Where the next round begins. */
	sequence?: number;
}

interface Lineage {
	folderId: string;
	select: string[];
	changeType?: string;
	newestFirst: boolean;
	minimum?: ReturnType<typeof filterOf>[number];
	generation: number;
	points: Map<string, Point>;
	/** Lately shown, for replays. */
	shown: string[];
}

/** Exchange keeps the sync state of so many answers. */
const GENERATIONS = 4;
const FILTERED_MAX = 5000;
const FIELDS = [
	'id',
	'receivedDateTime',
	'lastModifiedDateTime',
	'hasAttachments',
	'parentFolderId',
	'subject',
	'internetMessageId',
	'isRead',
	'isDraft',
	'sentDateTime',
	'from',
	'toRecipients',
];

/** `message: delta`: opaque tokens, a few generations, random order, replays, removed rows. */
export class DeltaQuery {
	readonly #lineages = new Set<Lineage>();
	manners: DeltaManners = { emptyPages: 0, replays: 0, repetitions: 0 };
	/** False: `$orderby` is refused. */
	sorts = true;
	/**
	 * Whether a message that is moved in is named in the folder that it comes to. Both are reported of immutable ids; no one here has
	 * seen either. `untold`: it is named as removed in the folder that it came from, and in its own when it went and came back
	 * (microsoftgraph/microsoft-graph-docs-contrib#72). `told`: in both (twentyhq/twenty#25751).
	 */
	moves: 'told' | 'untold' = 'told';
	/** Immutable ids that no round names, although they are there. */
	readonly omitted = new Set<string>();
	rounds = 0;

	readonly #random: () => number;

	constructor(random: () => number) {
		this.#random = random;
	}

	/** All tokens die. */
	forget(): void {
		for (const lineage of this.#lineages) lineage.points.clear();
	}

	answer(mailbox: LabMailbox, folder: LabFolder, url: URL, pageSize: number): DeltaPage {
		const token = url.searchParams.get('$skiptoken') ?? url.searchParams.get('$deltatoken');
		if (token === null) return this.#begin(mailbox, folder, url, pageSize);
		queryOf(url, ['$skiptoken', '$deltatoken']);
		for (const lineage of this.#lineages) {
			const point = lineage.points.get(token);
			if (point === undefined) continue;
			if (lineage.folderId !== folder.id)
				throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The token is of another folder.');
			if (point.round !== undefined) return this.#page(mailbox, folder, lineage, point.round, pageSize);
			return this.#page(mailbox, folder, lineage, this.#changes(mailbox, folder, lineage, point.sequence!), pageSize);
		}
		throw new LabRefusal(
			410,
			this.#random() < 0.5 ? 'SyncStateNotFound' : 'syncStateNotFound',
			'The sync state generation is not found; generation=149;[highest=157][157][155][156].',
		);
	}

	#begin(mailbox: LabMailbox, folder: LabFolder, url: URL, pageSize: number): DeltaPage {
		const query = queryOf(url, ['$select', '$orderby', '$filter', '$top', 'changeType']);
		if (query.changeType !== undefined && !['created', 'updated', 'deleted'].includes(query.changeType))
			throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The changeType is not known.');
		if (query.$orderby !== undefined && (query.$orderby !== 'receivedDateTime desc' || !this.sorts))
			throw new LabRefusal(
				400,
				'ErrorInvalidUrlQuery',
				"The '$orderby' parameter value is not supported for 'Messages' resource.",
			);
		const comparisons = query.$filter === undefined ? [] : filterOf(query.$filter);
		const [minimum] = comparisons;
		if (
			comparisons.length > 1 ||
			(minimum !== undefined && (minimum.property !== 'receivedDateTime' || !['ge', 'gt'].includes(minimum.operator)))
		) {
			throw new LabRefusal(
				400,
				'ErrorInvalidUrlQuery',
				"The '$filter' parameter value is not supported for 'Messages' resource.",
			);
		}
		const lineage: Lineage = {
			folderId: folder.id,
			select: selectOf(query.$select, 'message', FIELDS),
			changeType: query.changeType,
			newestFirst: query.$orderby !== undefined,
			generation: 0,
			points: new Map(),
			shown: [],
			...(minimum ? { minimum } : {}),
		};
		this.#lineages.add(lineage);
		let ids = [...folder.members].filter((id) => !this.omitted.has(id));
		if (minimum)
			ids = ids.filter((id) => compares(mailbox.messages.get(id)!.receivedAt, minimum)).slice(0, FILTERED_MAX);
		return this.#page(
			mailbox,
			folder,
			lineage,
			{ ids: this.#order(mailbox, lineage, ids), at: 0, removed: new Set(), sequence: mailbox.lastSequence() },
			pageSize,
		);
	}

	/** What changed since a deltaLink was given. */
	#changes(mailbox: LabMailbox, folder: LabFolder, lineage: Lineage, since: number): NonNullable<Point['round']> {
		const added = new Set<string>();
		const updated = new Set<string>();
		const removed = new Set<string>();
		let first = folder.events.length;
		while (first > 0 && folder.events[first - 1]!.sequence > since) first--;
		for (const { kind, immutableId } of folder.events.slice(first)) {
			if (kind === 'added' || (kind === 'moved' && this.moves === 'told')) added.add(immutableId);
			else if (kind === 'updated') updated.add(immutableId);
			else if (kind === 'removed') {
				removed.add(immutableId);
				if (this.moves === 'untold') added.delete(immutableId);
			}
		}
		const wanted =
			lineage.changeType === 'created'
				? added
				: lineage.changeType === 'updated'
					? updated
					: new Set([...added, ...updated]);
		const ids =
			lineage.changeType === 'deleted'
				? []
				: [...wanted].filter(
						(id) =>
							folder.members.has(id) &&
							!this.omitted.has(id) &&
							(lineage.minimum === undefined || compares(mailbox.messages.get(id)!.receivedAt, lineage.minimum)),
					);
		const gone = [...removed].filter((id) => !folder.members.has(id) || (this.moves === 'untold' && !ids.includes(id)));
		return {
			ids: this.#order(mailbox, lineage, [...ids, ...gone]),
			at: 0,
			removed: new Set(gone),
			sequence: mailbox.lastSequence(),
		};
	}

	#order(mailbox: LabMailbox, lineage: Lineage, ids: string[]): string[] {
		if (!lineage.newestFirst) return shuffle(ids, this.#random);
		return ids.sort((a, b) => (mailbox.messages.get(b)?.receivedAt ?? 0) - (mailbox.messages.get(a)?.receivedAt ?? 0));
	}

	#page(
		mailbox: LabMailbox,
		folder: LabFolder,
		lineage: Lineage,
		round: NonNullable<Point['round']>,
		pageSize: number,
	): DeltaPage {
		const empty = round.at < round.ids.length && this.#random() < this.manners.emptyPages;
		const own = empty ? [] : round.ids.slice(round.at, round.at + pageSize);
		const ids = [...own];
		if (!empty && lineage.shown.length > 0 && this.#random() < this.manners.replays)
			ids.push(lineage.shown[Math.floor(this.#random() * lineage.shown.length)]!);
		if (ids.length > 0 && this.#random() < this.manners.repetitions) ids.push(ids[0]!);
		const rows = ids.flatMap((id): DeltaRow[] => {
			if (round.removed.has(id)) return [{ removedId: id }];
			const message = mailbox.messages.get(id);
			return message !== undefined && folder.members.has(id) ? [{ message }] : [];
		});
		lineage.shown = [...lineage.shown, ...own].slice(-50);
		const at = empty ? round.at : round.at + pageSize;
		const more = at < round.ids.length;
		if (!more) this.rounds++;
		const token = this.#issue(lineage, more ? { round: { ...round, at } } : { sequence: round.sequence });
		return { rows, select: lineage.select, ...(more ? { next: token } : { delta: token }) };
	}

	#issue(lineage: Lineage, point: Omit<Point, 'generation'>): string {
		lineage.generation++;
		const token = opaque(this.#random, 'R0usmcCM996atia_s', 240);
		lineage.points.set(token, { ...point, generation: lineage.generation });
		for (const [old, { generation }] of lineage.points)
			if (generation <= lineage.generation - GENERATIONS) lineage.points.delete(old);
		return token;
	}
}
