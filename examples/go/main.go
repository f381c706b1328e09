// One channel with everything around it. The SDK is generated: see the README.
package main

import (
	"github.com/livechannels/pulumi-livechannels/sdk/go/livechannels"
	"github.com/livechannels/pulumi-livechannels/sdk/go/livechannels/volcengine"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		// RFC 3339, for example 2026-11-21T22:00:00+08:00
		stopAt := settings.Require("stopAt")

		recordings, err := livechannels.NewRecordDirectory(ctx, "recordings", &livechannels.RecordDirectoryArgs{
			DirectoryType: pulumi.String("matches"),
			Path:          pulumi.String("matches/2026"),
		})
		if err != nil {
			return err
		}

		stage, err := livechannels.NewChannel(ctx, "main", &livechannels.ChannelArgs{
			ChannelName:   pulumi.String("Main stage"),
			ChannelType:   pulumi.String("live"),
			PushDomain:    pulumi.String("push.example.com"),
			PullProtocols: livechannels.ProtocolArray{livechannels.ProtocolRtmp, livechannels.ProtocolFlv},
			PullRates:     livechannels.RateArray{livechannels.RateSource, livechannels.RateHd},
			DirectoryId:   recordings.DirectoryId,
		})
		if err != nil {
			return err
		}

		guest, err := livechannels.NewPullChannel(ctx, "guest", &livechannels.PullChannelArgs{
			ChannelName:    pulumi.String("Guest feed"),
			SourceUrl:      settings.RequireSecret("guestSource"),
			SourceProtocol: livechannels.ProtocolRtmp,
			PullDomain:     pulumi.String("pull.example.com"),
			PullRates:      livechannels.RateArray{livechannels.RateSource},
		})
		if err != nil {
			return err
		}

		_, err = livechannels.NewRecordTask(ctx, "recording", &livechannels.RecordTaskArgs{
			PullId:  stage.PullId,
			EndTime: pulumi.String(stopAt),
		})
		if err != nil {
			return err
		}

		_, err = livechannels.NewForwardTask(ctx, "relay", &livechannels.ForwardTaskArgs{
			PullId:     stage.PullId,
			ForwardUrl: settings.RequireSecret("relayTarget"),
			EndTime:    pulumi.String(stopAt),
			Transcoding: &livechannels.TranscodingArgs{
				BitrateKbps: pulumi.Int(2500),
				Resolution:  pulumi.String("1280x720"),
				VideoCodec:  livechannels.VideoCodecLibx264,
			},
		})
		if err != nil {
			return err
		}

		state := livechannels.GetLiveStateOutput(ctx, livechannels.GetLiveStateOutputArgs{PullId: stage.PullId})
		carriers, err := volcengine.GetIsps(ctx)
		if err != nil {
			return err
		}

		ctx.Export("state", state.Status())
		ctx.Export("firstCarrier", pulumi.StringPtr(*carriers.Rows[0].Isp))
		ctx.Export("pushUrl", stage.PushUrl)
		ctx.Export("pullUrls", stage.PullUrls)
		ctx.Export("guestUrls", guest.PullUrls)
		return nil
	})
}
