import type { HuntOutcome, HuntTarget, HuntWarning } from '../hunt';
import { MICROSOFT_365_IDENTITY, observablesOf } from './bundle';
import { deliveryOf, keyOf, type Delivery, type MicrosoftHuntRow } from './delivery';

/** A row that a hunt found. */
export interface MicrosoftHuntedRow extends MicrosoftHuntRow {
	/** The comparisons of the pattern that hold for it, as the plan's `terms` write them. */
	matchedBy: string[];
}

/** What a hunt in Microsoft 365 found. */
export interface MicrosoftHuntResult extends HuntOutcome {
	/** Messages that match, one row a recipient, oldest first. */
	rows: MicrosoftHuntedRow[];
}

/** What a search by fields found. */
export interface MicrosoftSearchResult {
	/** As the target found them. */
	rows: MicrosoftHuntRow[];
	truncated: boolean;
	/** What may be missing of the rows. */
	warnings: HuntWarning[];
}

/** A row of a hunt; read when somebody asks what it says. */
export class DeliveryRow {
	#row: MicrosoftHuntRow;
	#delivery?: Delivery | undefined;
	readonly #details: Record<string, Record<string, unknown>[]> = {};

	constructor(row: MicrosoftHuntRow) {
		this.#row = row;
	}

	/** As it was answered. */
	get row(): MicrosoftHuntRow {
		return this.#row;
	}

	/**
	 * Takes what another query says of the same delivery, if it knows an earlier row of it. A query of a later window does not look back
	 * to the first row: it knows less of the delivery, and takes a later row for its time.
	 */
	takeEarlier(other: DeliveryRow): void {
		if ((other.delivery.time ?? Infinity) >= (this.delivery.time ?? Infinity)) return;
		this.#row = other.row;
		this.#delivery = undefined;
	}

	/** Adds what another table tells of it, unless `isSame` knows it already. Patterns are decided without it. */
	add(
		field: string,
		detail: Record<string, unknown>,
		isSame?: (known: Record<string, unknown>, detail: Record<string, unknown>) => boolean,
	): void {
		const list = (this.#details[field] ??= []);
		if (isSame !== undefined && list.some((known) => isSame(known, detail))) return;
		list.push({ ...detail });
	}

	/** The row, with what was added to it. */
	get whole(): MicrosoftHuntRow {
		return { attributes: { ...this.row.attributes, ...this.#details } };
	}

	get delivery(): Delivery {
		this.#delivery ??= deliveryOf(this.row);
		return this.#delivery;
	}
}

/** What hunts need of rows, whichever target they are of. */
export const ROWS: Pick<HuntTarget<never, DeliveryRow>, 'system' | 'keysOf' | 'timeOf' | 'observables' | 'compare'> = {
	system: MICROSOFT_365_IDENTITY.name,
	keysOf: ({ delivery }) => [keyOf(delivery)],
	timeOf: ({ delivery }) => delivery.time,
	observables: ({ delivery }) => [...observablesOf([delivery]), ...unnamed(delivery)],
	compare: ({ delivery: a }, { delivery: b }) => {
		const [one, other] = [keyOf(a), keyOf(b)];
		return one < other ? -1 : one === other ? 0 : 1;
	},
};

/**
 * What a pattern may ask for, and what has no form in a bundle: a name without an address, and the size of a file without a name. Senders
 * can write both.
 */
function unnamed({ from, displayName, files }: Delivery): object[] {
	const name =
		from === undefined && displayName !== undefined ? [{ type: 'email-addr', display_name: displayName }] : [];
	const sizes = files.flatMap(({ name: fileName, sha256, size }) =>
		fileName === undefined && sha256 === undefined && size !== undefined ? [{ type: 'file', size }] : [],
	);
	return [...name, ...sizes];
}

/** Where the columns of both are described. */
export const HELP = 'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/microsoft-365-hunt.md#columns';
