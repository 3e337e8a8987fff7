import { plainText } from '../../json';
import type { AnyStixObject } from '../../stix';
import { readBetween, readExistingOfTypes, type Ends, type Platform, type RelationshipNode } from '../platform';
import { refsIn } from './bundleObjects';
import type { Placed, Placements } from './placements';
import { kindOf } from './stixObjects';

/** Who stands behind a report: his id there, once he is made. */
export interface Author {
	standardId: string;
	id: Promise<string>;
}

/** What the platform has of the objects of a bundle: asked for as many of them as can be in one request. */
export class Finder {
	readonly #platform: Platform;
	readonly #placements: Placements;
	readonly #found = new Map<string, Placed>();
	#author?: { standardId: string; node: Promise<Placed> };
	readonly #asked = new Set<string>();
	readonly #laterIds: Together<{ type: string; id: string }[], void>;
	readonly #laterEnds: Together<Ends, RelationshipNode | undefined>;

	constructor(platform: Platform, placements: Placements) {
		this.#platform = platform;
		this.#placements = placements;
		this.#laterIds = new Together(async (wanted) => {
			await this.#read(wanted.flat());
			return wanted.map(() => undefined);
		});
		this.#laterEnds = new Together((wanted) => readBetween(platform, wanted));
	}

	/** Asks for all of them, by the ids that they will have if nothing is odd. */
	async expect(objects: readonly AnyStixObject[]): Promise<void> {
		const asked = objects.filter(({ type, id }) => kindOf(type) !== undefined && id !== '');
		const authors = new Set(asked.flatMap((object) => refsIn(object, 'created_by_ref')));
		const elsewhere = [...authors].filter((id) => id !== '' && !this.#placements.isInBundle(id));
		await this.#read([
			...asked.flatMap((object) => this.#placements.expectedIdsOf(object).map((id) => ({ type: object.type, id }))),
			...elsewhere.map((id) => ({ type: 'identity', id })),
		]);
		for (const id of elsewhere) if (!this.#found.has(id)) this.#placements.isNowhere(id);
	}

	/** Whether one of {@link expect} is there. */
	hasFound(object: AnyStixObject): boolean {
		return this.#placements.expectedIdsOf(object).some((id) => this.#found.has(id));
	}

	/** An author who is being made since. Markings of his are his own. */
	willBe({ standardId, id }: Author): void {
		if (this.#found.has(standardId)) return;
		this.#author = {
			standardId,
			node: id.then((made) => ({ id: made, standard_id: standardId, objectMarking: [], existed: false })),
		};
		this.#author.node.catch(() => {});
		this.#placements.willBe(standardId, id);
	}

	/** The object of the platform that this one is: by all of its ids, a relationship by its ends, too. */
	async find(object: AnyStixObject): Promise<Placed | undefined> {
		if (this.#author !== undefined && object.type === 'identity') {
			const { standardId, node } = this.#author;
			if (this.#placements.idsOf(object).includes(standardId)) return node;
		}
		const unasked = this.#placements.idsOf(object).filter((id) => id !== '' && !this.#asked.has(id));
		if (unasked.length > 0) await this.#laterIds.ask(unasked.map((id) => ({ type: object.type, id })));
		return this.#known(object) ?? (await this.#byEnds(object));
	}

	async #read(wanted: readonly { type: string; id: string }[]): Promise<void> {
		for (const { id } of wanted) this.#asked.add(id);
		for (const [id, node] of await readExistingOfTypes(this.#platform, wanted)) {
			this.#found.set(id, { ...node, existed: true });
		}
	}

	/** An id of another type is another object's. */
	#known(object: AnyStixObject): Placed | undefined {
		const nodes = new Map<string, Placed>();
		for (const id of this.#placements.idsOf(object)) {
			const node = this.#found.get(id) ?? this.#placements.byStandardId(id);
			if (node?.standard_id.startsWith(`${object.type}--`)) nodes.set(node.id, node);
		}
		const [first, ...others] = nodes.values();
		if (first !== undefined && others.length > 0) {
			this.#placements.warn(
				'several-objects',
				object.id,
				`The platform has ${nodes.size} objects that are ${object.id}: ${first.standard_id} was taken.`,
			);
		}
		return first;
	}

	/** A relationship of other ids between the same ends; only where both ends were there before can there be one. */
	async #byEnds(object: AnyStixObject): Promise<Placed | undefined> {
		if (object.type !== 'relationship') return undefined;
		// An end that is not in the bundle is known by another id than the platform's own: it will be found when it is made.
		const [fromId, toId] = ['source_ref', 'target_ref'].map((property) => {
			const [id] = refsIn(object, property);
			const placed = id === undefined ? undefined : this.#placements.of(id);
			return placed?.existed === true ? placed.id : undefined;
		});
		if (fromId === undefined || toId === undefined) return undefined;
		const [type, startTime] = [plainText(object['relationship_type']), object['start_time']];
		const node = await this.#laterEnds.ask({
			type,
			fromId,
			toId,
			...(typeof startTime === 'string' ? { startTime } : {}),
		});
		return node === undefined ? undefined : { ...node, existed: true };
	}
}

/** Questions that come up at the same moment, as one. */
class Together<Question, Answer> {
	readonly #answer: (questions: readonly Question[]) => Promise<readonly Answer[]>;
	#open: { questions: Question[]; answers: Promise<readonly Answer[]> } | undefined;

	constructor(answer: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
		this.#answer = answer;
	}

	async ask(question: Question): Promise<Answer> {
		this.#open ??= this.#begin();
		const { questions, answers } = this.#open;
		const at = questions.push(question) - 1;
		return (await answers)[at] as Answer;
	}

	#begin() {
		const questions: Question[] = [];
		const answers = new Promise((resolve) => setImmediate(resolve)).then(() => {
			this.#open = undefined;
			return this.#answer(questions);
		});
		return { questions, answers };
	}
}
