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

/** Looks that one look remembers to have become. */
const MOST_REMEMBERED = 1_000;

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
	readonly #known: Readonly<Record<Room, Map<Declared, Look>>> = { box: new Map(), cell: new Map(), line: new Map() };

	constructor(values: Values) {
		this.#values = values;
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
		const known = this.#known[room];
		const before = known.get(declared);
		if (before !== undefined) return before;
		const look = this.isGone ? this.#inGone(declared, room) : this.#with(declared, room);
		if (known.size < MOST_REMEMBERED) known.set(declared, look);
		return look;
	}

	/** In what has no room, only what is placed elsewhere is seen. */
	#inGone(declared: Declared, room: Room): Look {
		const placed = this.#values.placed!.inside(declared, room);
		if (declared.position === 'box') return placed;
		const stays = placed.isGone ? placed.#values.placed : placed;
		return new Look({ ...this.#values, placed: stays });
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
		if (!takesAway(declared, isBox)) return new Look(values);
		return new Look({ ...values, isGone: true, placed: onlyClipsAway(declared, isBox) ? new Look(values) : undefined });
	}
}

/** Of a document that says nothing. */
export const PLAIN_LOOK = new Look({
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
});
