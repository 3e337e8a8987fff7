import { plainText } from '../json';
import type { Indicator, IndicatorFlag } from '../indicators';
import { stixValue } from '../values';

/** What a picture says of a value besides: that a person defanged it, or one of its flags. */
export type Badge = 'defanged' | IndicatorFlag;

/** How much a badge says: for an attack, for a second look, against one. */
export type BadgeKind = 'hostile' | 'notable' | 'known';

/** Colour and legend of each kind, the most telling first. */
export const BADGE_KINDS: Readonly<Record<BadgeKind, { color: string; meaning: string }>> = {
	hostile: { color: '#b3262e', meaning: 'a person marked it as hostile' },
	notable: { color: '#a35a00', meaning: 'worth a second look' },
	known: { color: '#56606b', meaning: 'known, your own, or no trace of an attack' },
};

const NOTABLE: ReadonlySet<Badge> = new Set<Badge>([
	'href-mismatch',
	'confusable',
	'punycode',
	'userinfo',
	'shortener',
	'scheme-assumed',
]);

export function badgeKind(badge: Badge): BadgeKind {
	return badge === 'defanged' ? 'hostile' : NOTABLE.has(badge) ? 'notable' : 'known';
}

const ORDER = Object.keys(BADGE_KINDS) as BadgeKind[];

/** Finds the badges of an object of a bundle, the most telling first, by the value that it has. */
export function badgesOf(indicators: readonly Indicator[]): (object: object) => readonly Badge[] {
	const byValue = new Map<string, readonly Badge[]>();
	for (const { type, value, hashes, flags, defanged } of indicators) {
		const badges = [...(defanged ? (['defanged'] as const) : []), ...flags].sort(
			(one, other) => ORDER.indexOf(badgeKind(one)) - ORDER.indexOf(badgeKind(other)),
		);
		if (badges.length === 0) continue;
		const values = type === 'file' ? [value, ...Object.values(hashes ?? {})] : [stixValue(type, value) ?? value];
		for (const one of values) byValue.set(keyOf(type, one), badges);
	}
	return (object) => {
		const { type, value, number, name, hashes } = object as Record<string, unknown>;
		const values =
			type === 'file' && typeof hashes === 'object' && hashes !== null
				? Object.values(hashes)
				: [value ?? (type === 'autonomous-system' ? `AS${plainText(number)}` : name)];
		const kind = type === 'vulnerability' ? 'cve' : type;
		return values.map((one) => byValue.get(keyOf(kind, one))).find((badges) => badges !== undefined) ?? [];
	};
}

const keyOf = (type: unknown, value: unknown): string => `${plainText(type)} ${plainText(value)}`;
