import { parseMailDate } from '../../email';
import { lazy } from '../../lazy';

/** Names of the months from January on, by language, in the forms that stand in dates. */
const MONTHS: Readonly<Record<string, string>> = {
	en: 'january february march april may june july august september october november december',
	de: 'januar|jänner februar|feber märz|mrz april mai juni juli august september oktober november dezember',
	fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
	es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
	it: 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
	nl: 'januari februari maart|mrt april mei juni juli augustus september oktober november december',
	pt: 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
	pl: 'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października|paź listopada grudnia',
	sv: 'januari februari mars april maj juni juli augusti september oktober november december',
	da: 'januar februar marts april maj juni juli august september oktober november december',
	no: 'januar februar mars april mai juni juli august september oktober november desember',
	fi: 'tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta',
	cs: 'ledna února března dubna května června července srpna září října listopadu prosince',
	sk: 'januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra',
	hu: 'január február március április május június július augusztus szeptember október november december',
	ro: 'ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie',
	hr: 'siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca',
	ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
	uk: 'січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня',
	tr: 'ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık',
};

/** By language, the forms of each month. */
const months = lazy(
	() => new Map(Object.entries(MONTHS).map(([code, line]) => [code, line.split(' ').map((forms) => forms.split('|'))])),
);

/** The month that a word, or the beginning of one, means. Undefined where it means two. */
function monthOf(word: string, language: string | undefined): number | undefined {
	const own = language === undefined ? undefined : months().get(language);
	const found = own && monthsIn(own, word);
	if (found?.length === 1) return found[0];
	const all = new Set([...months().values()].flatMap((forms) => monthsIn(forms, word)));
	return all.size === 1 ? [...all][0] : undefined;
}

const monthsIn = (forms: readonly string[][], word: string): number[] => {
	const matching = (fits: (form: string) => boolean) =>
		forms.flatMap((of, index) => (of.some(fits) ? [index + 1] : []));
	const whole = matching((form) => form === word);
	return whole.length > 0 ? whole : matching((form) => form.startsWith(word));
};

const TIME = /(?:^|\D)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:\s{0,2}([ap])\.?m\b)?/i;
const ZONE = /(?:\b(?:GMT|UTC)\s{0,2})?([+-])(\d{1,2}):?(\d{2})?(?!\d)|\b(GMT|UTC|Z)\b/;

/**
 * The date in the head of a forwarded message, as mail programs write it in many languages. Undefined where day, month or year are not
 * certain: `05/06/2026` means two days.
 *
 * @param language In which the head is written, where that is known: `listopada` is November in Polish and October in Croatian.
 * @param offsetMinutes Of the forwarder's clock, east of UTC: a date without a zone is of it.
 */
export function headDate(text: string, offsetMinutes: number, language?: string): Date | undefined {
	const written = text.slice(0, 200).replace(/[\u00a0\u202f]/g, ' ');
	const mail = parseMailDate(written);
	if (mail !== undefined) return mail.zoneKnown ? mail.date : new Date(mail.date.getTime() - offsetMinutes * 60_000);
	const day = dayOf(written, language);
	if (day === undefined) return undefined;
	const withoutDay = written.replace(/\d{1,2}\.\s?\d{1,2}\.\s?\d{4}/, ' ');
	const [, hour = '0', minute = '0', second = '0', half] = TIME.exec(withoutDay) ?? [];
	const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
	if (hours > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
	const [zone, sign, zoneHours, zoneMinutes = '0'] = ZONE.exec(withoutDay) ?? [];
	const offset =
		zone === undefined
			? offsetMinutes
			: sign === undefined
				? 0
				: (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
	const date = new Date(
		Date.UTC(day.year, day.month - 1, day.day, hours, Number(minute), Number(second)) - offset * 60_000,
	);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

interface Day {
	year: number;
	month: number;
	day: number;
}

function dayOf(text: string, language: string | undefined): Day | undefined {
	const iso = /\b(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\b/.exec(text);
	if (iso !== null) return valid({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) });
	const dotted = /\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b/.exec(text);
	if (dotted !== null) return valid({ year: Number(dotted[3]), month: Number(dotted[2]), day: Number(dotted[1]) });
	const slashed = /\b(\d{1,2})[-/](\d{1,2})[-/](\d{4})\b/.exec(text);
	if (slashed !== null) {
		const [one, other] = [Number(slashed[1]), Number(slashed[2])];
		if (one <= 12 && other <= 12 && one !== other) return undefined;
		return valid({ year: Number(slashed[3]), month: one > 12 ? other : one, day: one > 12 ? one : other });
	}
	const year = /\b(\d{4})\b/.exec(text)?.[1];
	const numbers = [
		...text.replace(/\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?/g, ' ').matchAll(/(?:^|[^\d:+-])(\d{1,2})(?![\d:])/g),
	];
	const day = numbers[0]?.[1];
	const month = [...text.matchAll(/\p{L}{3,}/gu)]
		.map(([word]) => monthOf(word.toLowerCase().normalize('NFC'), language))
		.find((found) => found !== undefined);
	if (year === undefined || day === undefined || month === undefined) return undefined;
	return valid({ year: Number(year), month, day: Number(day) });
}

function valid(day: Day): Day | undefined {
	const isDay =
		day.month >= 1 && day.month <= 12 && day.day >= 1 && day.day <= 31 && day.year >= 1970 && day.year <= 9999;
	return isDay ? day : undefined;
}
