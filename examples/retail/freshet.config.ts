import { count, countDistinct, defineApp, event, lt, metric, multiply, sum, t } from "freshet";

const UNITS_MAX = 100_000;
const PRICE_MAX = 100_000;

/** One line of an invoice. */
const line = event("invoice_line", {
  invoice: t.string(),
  product: t.string(),
  /** Below zero: goods that came back. */
  quantity: t.integer({ minimum: -UNITS_MAX, maximum: UNITS_MAX }),
  /** Pounds, kept as an integer of thousandths; below zero: a correction of the books. */
  unitPrice: t.decimal(3, { minimum: -PRICE_MAX, maximum: PRICE_MAX }),
  customer: t.optional(t.string({ pii: true })),
  country: t.string(),
});

interface Row {
  readonly InvoiceNo: string;
  readonly StockCode: string;
  readonly Quantity: string;
  readonly InvoiceDate: string;
  readonly UnitPrice: string;
  readonly CustomerID: string;
  readonly Country: string;
}

/** `2010-12-01 08:26:00` carries no zone: it is read as UTC. */
const utc = (text: string): string => `${text.replace(" ", "T")}Z`;

export default defineApp({
  name: "retail",
  events: [line],
  metrics: [
    metric("countries", line, {
      by: (e) => ({ country: e.country }),
      measures: (e) => ({
        lines: count(),
        returns: count({ where: lt(e.quantity, 0) }),
        units: sum(e.quantity),
        /** Thousandths of a pound: decimals are added as integers, so that no order of adding shows. */
        revenue: sum(multiply(e.quantity, e.unitPrice)),
        customers: countDistinct(e.customer),
      }),
      pane: "1h",
    }),
    metric("products", line, {
      by: (e) => ({ product: e.product }),
      measures: (e) => ({ lines: count(), units: sum(e.quantity), customers: countDistinct(e.customer) }),
      pane: "1h",
      trend: { on: "lines" },
    }),
  ],
  replay: {
    /**
     * The file has no id for a line. What a row says is its id here, so a row that stands there twice counts once: 5,268 rows of
     * the year are duplicates. With `place.rowId()` each row would be a line of its own.
     */
    map: (row: Row, place) => ({
      type: line.name,
      id: place.contentId(),
      time: utc(row.InvoiceDate),
      invoice: row.InvoiceNo,
      product: row.StockCode,
      quantity: Number(row.Quantity),
      unitPrice: Number(row.UnitPrice),
      ...(row.CustomerID === "" ? {} : { customer: row.CustomerID.replace(/\.0$/, "") }),
      country: row.Country,
    }),
  },
});
