import {
	FAR_AWAY,
	hasOwnBox,
	LEAST_FONT,
	looksAlike,
	onlyClipsAway,
	takesAway,
	TRANSPARENT,
	UNKNOWN_COLOUR,
	type Colour,
	type Declared,
} from './declared';

/** Looks that are remembered in one document. */
const MOST_REMEMBERED = 10_000;

/** What the name of an element makes of it: a box, what holds lines only, or a part of a line. */
export type Room = 'box' | 'cell' | 'line';

interface Values {
	isGone: boolean;
	/** It only has no room: what is placed elsewhere looks like this. */
	placed: Look | undefined;
	isVisible: boolean;
	fontSize: number;
	/** Of boxes in it, and of its own lines. */
	indent: number;
	ownIndent: number;
	color: Colour;
	fill: Colour | undefined;
	isShadowed: boolean;
	background: Colour;
}

/** How many looks the document remembers. */
interface Remembered {
	count: number;
}

/** What an element looks like, as far as it decides whether a text in it can be seen. */
export class Look {
	/** Nothing in it can be seen, links and pictures included. */
	readonly hidesAll: boolean;
	/** No text in it can be seen. */
	readonly hidesText: boolean;
	/** It takes no room either: what stands around it joins. */
	readonly isGone: boolean;
	readonly #values: Values;
	// Many elements say the same: declarations are read once, and are known by what they are.
	readonly #remembered: Remembered;
	#known: Partial<Record<Room, Map<Declared, Look>>> | undefined;

	constructor(values: Values, remembered: Remembered) {
		this.#values = values;
		this.#remembered = remembered;
		this.isGone = values.isGone;
		this.hidesAll = values.isGone || !values.isVisible;
		const ink = values.fill ?? values.color;
		this.hidesText =
			this.hidesAll ||
			values.fontSize < LEAST_FONT ||
			values.ownIndent <= FAR_AWAY ||
			(!values.isShadowed && (ink === TRANSPARENT || looksAlike(ink, values.background)));
	}

	/** What stands in it looks like when this is declared of it. `room`: what its name makes of it, unless that is declared. */
	inside(declared: Declared | undefined, room: Room): Look {
		// What is gone stays so.
		if (declared === undefined || (this.isGone && this.#values.placed === undefined)) return this;
		const before = this.#known?.[room]?.get(declared);
		if (before !== undefined) return before;
		const look = this.isGone ? this.#inGone(declared, room) : this.#with(declared, room);
		if (this.#remembered.count < MOST_REMEMBERED) {
			this.#remembered.count++;
			this.#known ??= {};
			(this.#known[room] ??= new Map<Declared, Look>()).set(declared, look);
		}
		return look;
	}

	/** In what has no room, only what is placed elsewhere is seen. */
	#inGone(declared: Declared, room: Room): Look {
		const placed = this.#values.placed!.inside(declared, room);
		if (declared.position === 'box') return placed;
		const stays = placed.isGone ? placed.#values.placed : placed;
		return new Look({ ...this.#values, placed: stays }, this.#remembered);
	}

	#with(declared: Declared, room: Room): Look {
		const { fontSize, background, hasPicture } = declared;
		const around = this.#values;
		const isBox = room === 'box';
		const indent = declared.indent ?? around.indent;
		const values: Values = {
			isGone: false,
			placed: undefined,
			isVisible: declared.isVisible ?? around.isVisible,
			fontSize:
				fontSize === undefined
					? around.fontSize
					: 'pixels' in fontSize
						? fontSize.pixels
						: fontSize.factor * around.fontSize,
			indent,
			ownIndent: room === 'cell' || hasOwnBox(declared, isBox) ? indent : around.ownIndent,
			color: declared.color ?? around.color,
			fill: declared.fill ?? around.fill,
			isShadowed: declared.isShadowed ?? around.isShadowed,
			background:
				hasPicture === true
					? UNKNOWN_COLOUR
					: background === undefined || background === TRANSPARENT
						? around.background
						: background,
		};
		const seen = new Look(values, this.#remembered);
		if (!takesAway(declared, isBox)) return seen;
		const placed = onlyClipsAway(declared, isBox) ? seen : undefined;
		return new Look({ ...values, isGone: true, placed }, this.#remembered);
	}
}

const PLAIN: Values = {
	isGone: false,
	placed: undefined,
	isVisible: true,
	fontSize: 16,
	indent: 0,
	ownIndent: 0,
	color: 0,
	fill: undefined,
	isShadowed: false,
	background: 0xffffff,
};

/**
 * Of a document that says nothing. Each document has its own: a look remembers what it became, and would keep all that the document
 * said.
 */
export const plainLook = (): Look => new Look(PLAIN, { count: 0 });
