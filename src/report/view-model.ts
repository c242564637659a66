// What every report shows, in the order it shows it: headline, what was not seen, matrices, findings, coverage. Plain data drawn from the
// result; formats only lay it out.

import {
  SEVERITIES,
  type AuditResult,
  type Cell,
  type CellStatus,
  type ClusterSummary,
  type Finding,
  type Severity,
} from "../model/index.ts";
import { allVisible } from "./escape.ts";

export interface MatrixPort {
  readonly ports: string;
  readonly status: CellStatus;
  readonly word: string;
  readonly purpose: string;
  readonly reason: string;
  readonly row: string;
  readonly profile: string;
  readonly findings: readonly string[];
}

export interface MatrixCell {
  readonly to: string;
  readonly status: CellStatus | "empty";
  readonly word: string;
  /** "2379, 2380 tcp": the ports in short. */
  readonly brief: string;
  readonly ports: readonly MatrixPort[];
}

export interface Matrix {
  readonly columns: readonly { readonly role: string; readonly title: string }[];
  readonly rows: readonly { readonly role: string; readonly title: string; readonly cells: readonly MatrixCell[] }[];
}

export interface ClusterView extends ClusterSummary {
  readonly matrix: Matrix;
}

export interface FindingView extends Finding {
  readonly traffics: readonly { readonly peer: string; readonly transport: string }[];
  readonly place: string;
  readonly routeText: string;
  readonly endpoints: readonly Finding["resources"][number][];
  readonly holders: readonly Finding["resources"][number][];
}

export interface ReportView {
  readonly result: AuditResult;
  readonly headline: string;
  readonly subline: string;
  /** The word for the whole: a severity, "incomplete" or "clean". */
  readonly mood: Severity | "clean" | "incomplete";
  readonly documents: readonly string[];
  readonly counts: readonly { readonly severity: Severity; readonly count: number }[];
  readonly unseen: readonly string[];
  readonly gaps: readonly string[];
  readonly clusters: readonly ClusterView[];
  readonly groups: readonly { readonly severity: Severity; readonly findings: readonly FindingView[] }[];
  readonly waived: readonly FindingView[];
  readonly hygiene: readonly FindingView[];
}

export const STATUS_WORDS: Readonly<Record<CellStatus, string>> = {
  missing: "missing",
  unknown: "unknown",
  wider: "wider",
  not_judged: "not judged",
  satisfied: "satisfied",
  local: "local",
  not_applicable: "does not apply",
};

/** Worst first: what a cell of several rows is called. */
const STATUS_ORDER: readonly CellStatus[] = [
  "missing",
  "unknown",
  "wider",
  "not_judged",
  "satisfied",
  "local",
  "not_applicable",
];

/** Draws the view; every string in it is safe to look at (escape.ts), not yet escaped for any syntax. */
export function viewOf(raw: AuditResult): ReportView {
  const result = allVisible(raw);
  const open = result.findings.filter((finding) => finding.waiver === null);
  const failed = result.coverage.failed;
  const [worst] = SEVERITIES.filter((severity) => open.some((finding) => finding.severity === severity));
  const unseen = failed.filter((call) => call.knownGap === null).map(failureLine);
  return {
    result,
    headline: headlineOf(open, unseen.length > 0),
    subline: sublineOf(result),
    mood: worst ?? (unseen.length > 0 ? "incomplete" : "clean"),
    documents: documentsOf(result),
    counts: SEVERITIES.map((severity) => ({ severity, count: result.summary[severity] })),
    unseen,
    gaps: failed.flatMap((call) =>
      call.knownGap === null
        ? []
        : [
            `${failureLine(call)} Known gap of ${call.knownGap.owner} until ${call.knownGap.expires}: ${call.knownGap.reason}`,
          ],
    ),
    clusters: result.clusters.map((cluster) => ({ ...cluster, matrix: matrixOf(cluster, result.cells) })),
    groups: SEVERITIES.map((severity) => ({
      severity,
      findings: open.filter((finding) => finding.severity === severity).map(findingView),
    })).filter(({ findings }) => findings.length > 0),
    waived: result.findings.filter((finding) => finding.waiver !== null).map(findingView),
    hygiene: result.hygiene.map(findingView),
  };
}

function headlineOf(open: readonly Finding[], isIncomplete: boolean): string {
  const ending = isIncomplete ? " Not everything was seen." : "";
  if (open.length === 0) return isIncomplete ? "No finding in what was seen. Not everything was seen." : "No finding.";
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: open.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const lesser = counts.slice(2).reduce((sum, { count }) => sum + count, 0);
  const worst = counts.slice(0, 2).map(({ severity, count }) => `${count} ${severity}`);
  const kinds = (kind: Finding["kind"], one: string, many: string): string[] => {
    const count = open.filter((finding) => finding.kind === kind).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  };
  const what = [
    ...kinds("missing", "requirement not met", "requirements not met"),
    ...kinds("excess", "opening beyond the documents", "openings beyond the documents"),
    ...kinds("unknown", "cause of not knowing", "causes of not knowing"),
  ];
  return `${join([...worst, ...(lesser > 0 ? [`${lesser} lesser`] : [])])} ${open.length === 1 ? "finding" : "findings"}: ${join(what)}.${ending}`;
}

function join(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function sublineOf(result: AuditResult): string {
  const clusters = result.clusters.map((cluster) => cluster.name);
  const scopes = result.coverage.scopes.length;
  const what =
    clusters.length === 0
      ? "No cluster is configured: every endpoint is judged by the baseline of sensitive ports."
      : `${clusters.length === 1 ? "Cluster" : "Clusters"} ${clusters.join(", ")}.`;
  const when =
    result.collectedAt === null ? "The files state no time of collection." : `Collected ${result.collectedAt}.`;
  return `${what} ${when} ${scopes} ${scopes === 1 ? "scope" : "scopes"}.`;
}

function documentsOf(result: AuditResult): string[] {
  const documents = new Set(
    result.clusters.flatMap((cluster) =>
      cluster.documents.map(({ title, version, date }) => `${title}, ${version}, ${date}`),
    ),
  );
  return [...documents];
}

function failureLine(call: AuditResult["coverage"]["failed"][number]): string {
  const subject = call.subject === null ? "" : ` (${call.subject})`;
  const error = call.error === "" ? "" : `: ${call.error}`;
  return `${call.call}${subject} in ${call.scope} ${call.outcome === "cut" ? "was cut: pages are missing" : call.outcome === "denied" ? "was denied" : "failed"}${error}.`;
}

function matrixOf(cluster: ClusterSummary, cells: readonly Cell[]): Matrix {
  const own = cells.filter((cell) => cell.cluster === cluster.name);
  const titles = new Map(cluster.roles.map(({ role, title }) => [role, title]));
  const titleOf = (role: string): string =>
    titles.get(role) ?? (role === "any" ? "Anybody" : capital(role.replaceAll("_", " ")));
  const order = cluster.roles.map(({ role }) => role);
  const rank = (role: string): number => (order.includes(role) ? order.indexOf(role) : order.length);
  const sorted = (roles: Iterable<string>): string[] =>
    [...new Set(roles)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const columns = sorted(own.map((cell) => cell.to));
  return {
    columns: columns.map((role) => ({ role, title: titleOf(role) })),
    rows: sorted(own.map((cell) => cell.from)).map((from) => ({
      role: from,
      title: titleOf(from),
      cells: columns.map((to) =>
        cellView(
          to,
          own.filter((cell) => cell.from === from && cell.to === to),
        ),
      ),
    })),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function cellView(to: string, cells: readonly Cell[]): MatrixCell {
  const status = STATUS_ORDER.find((candidate) => cells.some((cell) => cell.status === candidate));
  if (status === undefined) return { to, status: "empty", word: "", brief: "", ports: [] };
  const byProtocol = Map.groupBy(cells, (cell) => cell.protocol);
  return {
    to,
    status,
    word: STATUS_WORDS[status],
    brief: [...byProtocol]
      .map(([protocol, own]) => `${[...new Set(own.map((cell) => cell.ports))].join(", ")} ${protocol}`)
      .join("; "),
    ports: cells.map((cell) => ({
      ports: `${cell.ports} ${cell.protocol}`.trim(),
      status: cell.status,
      word: STATUS_WORDS[cell.status],
      purpose: cell.purpose,
      reason: cell.reason,
      row: cell.row,
      profile: cell.profile,
      findings: cell.findings,
    })),
  };
}

function findingView(finding: Finding): FindingView {
  const place = [finding.cluster === null ? "" : `cluster ${finding.cluster}`, finding.role ?? "", finding.scope]
    .filter((part) => part !== "")
    .join(", ");
  return {
    ...finding,
    traffics: finding.traffic.map(({ peer, protocol, ports }) => ({
      peer,
      transport: protocol === "all" ? "all traffic" : `${protocol} ${ports}`.trim(),
    })),
    place,
    routeText:
      finding.route === null
        ? ""
        : finding.route === "reachable"
          ? "The Internet has a way to it."
          : finding.route === "unreachable"
            ? "No way leads to it today."
            : "Whether the Internet has a way to it is not known.",
    endpoints: finding.resources.filter((resource) => resource.kind === "endpoint"),
    holders: finding.resources.filter((resource) => resource.kind !== "endpoint"),
  };
}
