import {
	FAR_AWAY,
	LEAST_FONT,
	looksAlike,
	takesAway,
	TRANSPARENT,
	UNKNOWN_COLOUR,
	type Colour,
	type Declared,
} from './declared';

/** Looks that one look remembers to have become. */
const MOST_REMEMBERED = 1_000;

/** What an element looks like, as far as it decides whether a text in it can be seen. */
export class Look {
	/** Nothing in it can be seen, links and pictures included. */
	readonly hidesAll: boolean;
	/** No text in it can be seen. */
	readonly hidesText: boolean;
	/** It takes no room either: what stands around it joins. */
	readonly isGone: boolean;
	readonly #isVisible: boolean;
	readonly #fontSize: number;
	readonly #indent: number;
	readonly #color: Colour;
	readonly #background: Colour;
	// Many elements say the same: declarations are read once, and are known by what they are.
	readonly #boxes = new Map<Declared, Look>();
	readonly #others = new Map<Declared, Look>();

	constructor(values: {
		isGone: boolean;
		isVisible: boolean;
		fontSize: number;
		indent: number;
		color: Colour;
		background: Colour;
	}) {
		this.isGone = values.isGone;
		this.#isVisible = values.isVisible;
		this.#fontSize = values.fontSize;
		this.#indent = values.indent;
		this.#color = values.color;
		this.#background = values.background;
		this.hidesAll = this.isGone || !this.#isVisible;
		this.hidesText =
			this.hidesAll ||
			this.#fontSize < LEAST_FONT ||
			this.#indent <= FAR_AWAY ||
			this.#color === TRANSPARENT ||
			looksAlike(this.#color, this.#background);
	}

	/** What stands in it looks like when this is declared of it. `isBox`: what its name makes of it, unless that is declared. */
	inside(declared: Declared | undefined, isBox: boolean): Look {
		// What is gone stays so.
		if (declared === undefined || this.isGone) return this;
		const known = isBox ? this.#boxes : this.#others;
		const before = known.get(declared);
		if (before !== undefined) return before;
		const look = this.#with(declared, isBox);
		if (known.size < MOST_REMEMBERED) known.set(declared, look);
		return look;
	}

	#with(declared: Declared, isBox: boolean): Look {
		const { fontSize, background, hasPicture } = declared;
		return new Look({
			isGone: takesAway(declared, isBox),
			isVisible: declared.isVisible ?? this.#isVisible,
			fontSize:
				fontSize === undefined
					? this.#fontSize
					: 'pixels' in fontSize
						? fontSize.pixels
						: fontSize.factor * this.#fontSize,
			indent: declared.indent ?? this.#indent,
			color: declared.color ?? this.#color,
			background:
				hasPicture === true
					? UNKNOWN_COLOUR
					: background === undefined || background === TRANSPARENT
						? this.#background
						: background,
		});
	}
}

/** Of a document that says nothing. */
export const PLAIN_LOOK = new Look({
	isGone: false,
	isVisible: true,
	fontSize: 16,
	indent: 0,
	color: 0,
	background: 0xffffff,
});
