// One list of one region, asked to its last page. Items go out as they come; what became of the call comes back.
// A page is tried again with its own token; a list is never begun anew, so nothing is told twice.

import type { CallOutcome } from "../../model/index.ts";
import type { FactType } from "../../snapshot/facts.ts";
import { type Item, itemId } from "../../snapshot/item-identity.ts";
import { CALLS, type ListCall } from "./calls.ts";
import type { Failure } from "./failure.ts";
import { RequestFailedError, type Requests } from "./request.ts";
import type { RegionApi } from "./session.ts";
import { trimmed } from "./trim.ts";

export interface RegionContext {
  readonly api: RegionApi;
  readonly requests: Requests;
  readonly account: string;
  readonly region: string;
}

export interface ListResult {
  readonly outcome: CallOutcome;
  readonly items: number;
  /** Why it is not complete: what the request failed with, or that pages are missing. */
  readonly failure?: Failure;
  readonly cut?: string;
}

/** More pages in a row without an item than any real list has. */
const EMPTY_PAGES_LIMIT = 1000;

/** Page fields: EC2 has MaxResults and NextToken, ELBv2 PageSize, Marker and NextMarker. */
function pageFields({ call, pageSize }: ListCall, token: string | undefined): Record<string, unknown> {
  const isEc2 = CALLS[call].service === "ec2";
  return {
    ...(pageSize !== undefined && { [isEc2 ? "MaxResults" : "PageSize"]: pageSize }),
    ...(token !== undefined && { [isEc2 ? "NextToken" : "Marker"]: token }),
  };
}

function nextToken(answer: Readonly<Record<string, unknown>>): string | undefined {
  const token = answer["NextToken"] ?? answer["NextMarker"];
  return typeof token === "string" && token !== "" ? token : undefined;
}

function isItem(value: unknown): value is Item {
  return typeof value === "object" && value !== null;
}

/** Tells an item once: a list that changes while it is paged may show one on two pages. */
class Once {
  readonly #seen = new Set<string>();
  readonly #type: FactType;

  constructor(type: FactType) {
    this.#type = type;
  }

  isNew(item: Item): boolean {
    const id = itemId(this.#type, item);
    if (id === undefined || id === "") return true;
    const size = this.#seen.size;
    return this.#seen.add(id).size > size;
  }
}

/** Sends one request of a region, with all its tries. @throws RequestFailedError */
export function ask(
  context: RegionContext,
  call: ListCall["call"],
  input: object,
): Promise<Readonly<Record<string, unknown>>> {
  const { api, requests, account, region } = context;
  const place = { bucket: `${account}/${region}/${call}`, perSecond: CALLS[call].perSecond };
  return requests.send(place, (signal) => api.send(call, input, signal));
}

/**
 * Asks a list to its last page.
 * @param input fields besides those of paging
 * @param onPage is given the items of each page as they come, each once
 * @returns what became of it; never throws for what the provider or the network did
 */
export async function askList(
  context: RegionContext,
  list: ListCall,
  input: object,
  onPage: (items: readonly Item[]) => void,
): Promise<ListResult> {
  const once = new Once(list.type);
  const tokens = new Set<string>();
  let token: string | undefined;
  let items = 0;
  let emptyPages = 0;
  do {
    let answer: Readonly<Record<string, unknown>>;
    try {
      // oxlint-disable-next-line no-await-in-loop -- a page is asked with the token of the one before
      answer = await ask(context, list.call, { ...input, ...pageFields(list, token) });
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      return { outcome: error.failure.outcome, items, failure: error.failure };
    }
    const value = answer[list.list];
    // AWS: an absent element is an empty list; Block Public Access options are one object.
    const listed = (Array.isArray(value) ? value : [value]).filter(isItem).flatMap((item) => trimmed(list.type, item));
    const page = listed.filter((item) => once.isNew(item));
    if (page.length > 0) onPage(page);
    items += page.length;
    emptyPages = page.length > 0 ? 0 : emptyPages + 1;
    token = nextToken(answer);
    if (token !== undefined && (tokens.has(token) || emptyPages > EMPTY_PAGES_LIMIT)) {
      return { outcome: "cut", items, cut: "the endpoint gives the same page again: the pages after it are missing" };
    }
    if (token !== undefined) tokens.add(token);
  } while (token !== undefined);
  return { outcome: "complete", items };
}
