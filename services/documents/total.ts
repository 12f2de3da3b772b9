import type PDFDocument from 'pdfkit'

type Pdf = InstanceType<typeof PDFDocument>

/** What pdfkit's font of the moment is, beyond what its types tell. */
type CurrentFont = {
  readonly id: string
  readonly ref: () => unknown
  readonly encode: (text: string) => [string[], unknown]
}

function isCurrentFont(value: unknown): value is CurrentFont {
  return typeof value === 'object' && value !== null && 'id' in value && 'ref' in value && 'encode' in value
}

/**
 * How many pages there are, on every page. It is known only at the end, when the pages are long written: each refers to
 * one drawing, and the drawing is written last. So nothing has to be kept or laid out twice.
 */
export function totalPages(pdf: Pdf) {
  const name = 'Total'
  const [width, height] = [30, 10]
  const ref = pdf.ref({})
  return {
    width,
    place: (x: number, y: number) => {
      pdf.page.xobjects[name] = ref
      pdf.addContent(`q 1 0 0 -1 ${x} ${y + height} cm /${name} Do Q`)
    },
    end: (pages: number) => {
      const font: unknown = Reflect.get(pdf.font('plain').fontSize(8), '_font')
      if (!isCurrentFont(font)) throw new TypeError('pdfkit keeps its font elsewhere')
      Object.assign(ref.data, {
        Type: 'XObject',
        Subtype: 'Form',
        BBox: [0, 0, width, height],
        Resources: { Font: { [font.id]: font.ref() } },
      })
      ref.end(
        new TextEncoder().encode(
          `BT /${font.id} 8 Tf 0 2.4 Td <${font.encode(`${pages})`)[0].join('')}> Tj ET`,
        ),
      )
    },
  }
}
