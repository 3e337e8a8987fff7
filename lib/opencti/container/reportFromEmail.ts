import type { Email } from '../../email';
import { stixId } from '../../stix';
import { containerParts, nameOf, publishedOf, type FromEmailOptions } from './containerFromEmail';
import type { ContainerDraft, DraftWarning } from './draft';
import { storable } from '../../storable';

/** A report before it is on the platform; {@link reportFromEmail} makes it. */
export interface ReportDraft extends ContainerDraft {
	kind: 'report';
	/** RFC 3339 in UTC with milliseconds. Part of the report's id, as the name is. */
	published: string;
	reportTypes: string[];
	/** A value of the platform's reliability_ov, such as `B - Usually reliable`. */
	reliability?: string | undefined;
}

/** Options of {@link reportFromEmail}. */
export interface ReportFromEmailOptions extends FromEmailOptions {
	/** Values of the platform's report_types_ov. Default {@link REPORT_DEFAULTS}. */
	reportTypes?: readonly string[] | undefined;
	/** A value of the platform's reliability_ov. Default none. */
	reliability?: string | undefined;
}

/** What a report is where nobody says otherwise. */
export const REPORT_DEFAULTS = { reportTypes: ['threat-report'] } as const;

/**
 * What a message becomes as an OpenCTI report. Pure: same message, same options, same draft.
 *
 * @throws OpenCtiError `OPENCTI_DATE_MISSING` when there is no usable date, `OPENCTI_INPUT` for options that make no
 * sense
 */
export function reportFromEmail(email: Email, options: ReportFromEmailOptions = {}): ReportDraft {
	const warnings: DraftWarning[] = [];
	const name = nameOf(email, options.namePrefix, warnings);
	const published = publishedOf(email, options, warnings);
	const parts = containerParts(email, options, warnings);
	return storable({
		kind: 'report' as const,
		...parts,
		// The whole subject stands nowhere else in a report.
		...(warnings.some(({ code }) => code === 'name-cut') ? { incomplete: true as const } : {}),
		name,
		published,
		reportTypes: [...(options.reportTypes ?? REPORT_DEFAULTS.reportTypes)],
		...(options.reliability === undefined ? {} : { reliability: options.reliability }),
		standardId: stixId('report', { name, published }),
		warnings,
	});
}
