const NAMES: ReadonlyMap<string, number> = new Map([
	['black', 0], ['navy', 14], ['darkblue', 16], ['maroon', 38], ['darkgreen', 59], ['green', 75], ['purple', 52], ['blue', 29], ['darkslategray', 68],
	['dimgray', 105], ['gray', 128], ['grey', 128], ['red', 76], ['indigo', 37], ['midnightblue', 30], ['darkred', 41], ['teal', 90],
	['white', 255], ['whitesmoke', 245], ['yellow', 226], ['silver', 192], ['ivory', 253], ['snow', 252], ['lightgray', 211], ['lightgrey', 211],
]); // prettier-ignore

/** How light a colour of CSS or SVG is, from 0 to 255. Undefined for none, for one that shows what is behind, and for one that is not known. */
export function lightness(written: string): number | undefined {
	const colour = written.trim().toLowerCase();
	const hex = /^#?([\da-f]{3,8})\b/.exec(colour)?.[1];
	if (hex !== undefined && (colour.startsWith('#') || hex.length === 6)) {
		const short = hex.length < 6;
		const [red, green, blue, cover] = Array.from({ length: 4 }, (_, i) => {
			const digits = short ? hex.slice(i, i + 1).repeat(2) : hex.slice(2 * i, 2 * i + 2);
			return digits === '' ? undefined : parseInt(digits, 16);
		});
		return cover !== undefined && cover < 64 ? undefined : grey(red ?? 0, green ?? 0, blue ?? 0);
	}
	const parts = /^rgba?\(([^()]{1,60})\)/
		.exec(colour)?.[1]
		?.split(/[\s,/]+/)
		.filter((part) => part !== '');
	if (parts !== undefined && parts.length >= 3) {
		const value = (part: string): number => (part.endsWith('%') ? (parseFloat(part) * 255) / 100 : parseFloat(part));
		if (parts[3] !== undefined && value(parts[3]) < 0.25) return undefined;
		return grey(value(parts[0]!), value(parts[1]!), value(parts[2]!));
	}
	return NAMES.get(/^[a-z]{3,20}/.exec(colour)?.[0] ?? '');
}

const grey = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue;

/** Whether a colour is that of a dark cell. Undefined where {@link lightness} is. */
export function isDarkColour(written: string): boolean | undefined {
	const light = lightness(written);
	return light === undefined ? undefined : light < 140;
}
