// The parts of Apache ECharts that the figures of a dataset use.
export { init, registerLocale } from "echarts/core";
import { use } from "echarts/core";
import { LineChart, BarChart, PieChart, ScatterChart, BoxplotChart, TreemapChart, HeatmapChart, CustomChart } from "echarts/charts";
import { GridComponent, TooltipComponent, LegendComponent, LegendScrollComponent, AriaComponent, DataZoomComponent, VisualMapComponent, DatasetComponent, MarkLineComponent, ToolboxComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
use([LineChart, BarChart, PieChart, ScatterChart, BoxplotChart, TreemapChart, HeatmapChart, CustomChart, GridComponent, TooltipComponent, LegendComponent, LegendScrollComponent, AriaComponent, DataZoomComponent, VisualMapComponent, DatasetComponent, MarkLineComponent, ToolboxComponent, SVGRenderer]);
